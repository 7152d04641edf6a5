/// CLIP's image encoder, of whichever family. What it gives for a patch is one row: of a transformer a token or a key, of a
/// convolutional network a position of its last map.
public protocol VisionEncoder: AnyObject, Sendable {
    /// S: images are S × S.
    var imageSize: Int { get }
    /// Patches from top to bottom.
    var gridHeight: Int { get }
    /// Patches from left to right.
    var gridWidth: Int { get }
    /// d: columns of patch features.
    var width: Int { get }
    /// e: columns of the embeddings.
    var embeddingWidth: Int { get }
    /// Multiply-adds of all projections, convolutions and attention for one image, without any padding.
    var multiplyAdds: Int { get }

    /// Memory for one lane that encodes up to `batchSize` images together.
    func makeWorkspace(batchSize: Int) -> VisionWorkspace

    /// Encodes images; any number of them, `workspace.batchSize` at a time.
    ///
    /// An image's results are the same bits whatever is beside it and whichever thread calls.
    ///
    /// - Parameters:
    ///   - pixelValues: for each image `[3, S, S]`, normalised as the model's preprocessing asks.
    ///   - outputs: the patch features to return as well; keys only of an encoder that has them,
    ///     ``ModelConfiguration/Vision/hasKeys``.
    ///   - workspace: made by this encoder; used by this call alone while it runs.
    func encode(
        _ pixelValues: [[Float]], including outputs: PatchOutputs, in workspace: VisionWorkspace
    ) -> EncodedImages
}

extension VisionEncoder {
    /// Embeddings alone.
    public func encode(_ pixelValues: [[Float]], in workspace: VisionWorkspace) -> EncodedImages {
        encode(pixelValues, including: [], in: workspace)
    }
}

/// The memory that one lane needs to encode images, allocated once. Use it from one thread at a time, and only with the
/// encoder that made it.
public class VisionWorkspace {
    /// Images encoded together at most.
    public let batchSize: Int

    init(batchSize: Int) {
        precondition(batchSize > 0, "a batch of \(batchSize) images")
        self.batchSize = batchSize
    }
}

@available(*, unavailable)
extension VisionWorkspace: Sendable {}
