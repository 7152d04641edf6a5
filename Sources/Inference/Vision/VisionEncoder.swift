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

    /// The encoder at work for one lane, with memory for up to `batchSize` images together.
    func session(batchSize: Int) -> any VisionSession
}
