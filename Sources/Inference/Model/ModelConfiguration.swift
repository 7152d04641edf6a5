/// The shapes of a CLIP model's two encoders, in open_clip's terms.
///
/// Shape letters used throughout: B images, N texts, n patches, t rows (tokens) of an item, d width of an encoder,
/// e width of the joint embedding space, S side of the input image in pixels.
public struct ModelConfiguration: Sendable, Hashable {
    /// e; d for a vision trunk on its own.
    public let embeddingWidth: Int
    public let activation: Activation
    public let vision: Vision
    /// nil for a vision trunk on its own, which has no projection into a joint space either.
    public let text: Text?
    /// Whether the weights hold a `logit_bias`.
    let hasLogitBias: Bool
    /// Whether `logit_scale` and `logit_bias` have one extent instead of none.
    let logitsAreVectors: Bool

    /// The image encoder, by family.
    public enum Vision: Sendable, Hashable {
        case transformer(VisionTransformerShape)
        case resNet(ResNetShape)
        case convNeXt(ConvNeXtShape)

        /// S.
        public var imageSize: Int {
            switch self {
            case .transformer(let shape): shape.imageSize
            case .resNet(let shape): shape.imageSize
            case .convNeXt(let shape): shape.imageSize
            }
        }

        /// Whether patches have keys beside their tokens.
        public var hasKeys: Bool {
            if case .transformer = self { true } else { false }
        }
    }

    /// The text encoder.
    public struct Text: Sendable, Hashable {
        /// Tokens of a text, padding included.
        public let contextLength: Int
        public let vocabularySize: Int
        public let transformer: TransformerShape
    }
}

/// The shape of a vision transformer.
public struct VisionTransformerShape: Sendable, Hashable {
    /// S.
    public let imageSize: Int
    /// Side of a patch in pixels.
    public let patchSize: Int
    public let transformer: TransformerShape

    /// Patches along one side; pixels beyond the last whole patch are not looked at.
    public var gridSize: Int { imageSize / patchSize }
}

/// The shape of CLIP's modified ResNet.
public struct ResNetShape: Sendable, Hashable {
    /// S, a multiple of 32.
    public let imageSize: Int
    /// Blocks of each of the four stages.
    public let layers: [Int]
    /// Channels behind the stem.
    public let width: Int
    /// Heads of the attention pool.
    public let heads: Int

    /// Positions along one side of the last map.
    public var gridSize: Int { imageSize / 32 }
    /// Channels of the last map.
    public var features: Int { 32 * width }
}
