/// The shape of a vision transformer, in the order in which a picture goes through it.
public struct VisionTransformerShape: Sendable, Hashable {
    /// What stands for the image behind the blocks.
    public enum Pooling: Sendable, Hashable {
        case classToken
        /// The mean of the patches, before or behind the final norm.
        case mean(normFirst: Bool)
        case latent(LatentPoolShape)
    }

    /// S.
    public internal(set) var imageSize: Int
    /// Side of a patch in pixels.
    public let patchSize: Int
    /// Whether the patch convolution has a bias.
    public var hasPatchBias = false
    /// Kernels of the convolutions that cut and join a patch, where there are several.
    public var stem: [Int] = []
    /// Whether a learnt token goes before the patches.
    public var hasClassToken = true
    /// Whether that token has a position of its own.
    public var isClassTokenPlaced = true
    /// Whether there is a norm before the first block.
    public var hasInputNorm = true
    public internal(set) var transformer: TransformerShape
    public var pooling = Pooling.classToken
    public var projection = EmbeddingProjection.matrix
    /// How the class of timm's that the weights are of keeps its blocks.
    var projections = TimmNames.Projections.joint

    /// The same for images of another size.
    func resized(to size: Int) -> VisionTransformerShape {
        var shape = self
        shape.imageSize = size
        return shape
    }

    /// Patches along one side; pixels beyond the last whole patch are not looked at.
    public var gridSize: Int { imageSize / patchSize }
    /// Rows of an image before its patches.
    public var classRows: Int { hasClassToken ? 1 : 0 }
}
