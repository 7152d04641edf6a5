/// A vision encoder at work for one lane: with the memory for its batches, allocated once, and the dense method beside it, if it
/// has one. Use it from one thread at a time.
public protocol VisionSession: AnyObject {
    /// Images encoded together at most.
    var batchSize: Int { get }

    /// Encodes images; any number of them, ``batchSize`` at a time.
    ///
    /// An image's results are the same bits whatever is beside it and whichever session encodes it.
    ///
    /// - Parameters:
    ///   - images: of the model's S each.
    ///   - outputs: the patch features to return as well; keys only of an encoder that has them,
    ///     ``ModelConfiguration/Vision/hasKeys``, and dense features only of a session of ``DenseEncoder/session(batchSize:)``.
    func encode(_ images: [VisionInput], including outputs: PatchOutputs) -> EncodedImages
}

extension VisionSession {
    /// Embeddings alone.
    public func encode(_ images: [VisionInput]) -> EncodedImages { encode(images, including: []) }
}
