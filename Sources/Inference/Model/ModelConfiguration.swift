/// The shapes of a CLIP model's two encoders, in open_clip's terms.
///
/// Shape letters used throughout: B images, N texts, n patches, t rows (tokens) of an item, d width of an encoder,
/// e width of the joint embedding space, S side of the input image in pixels.
public struct ModelConfiguration: Sendable, Hashable {
    /// e; d for a vision trunk on its own.
    public let embeddingWidth: Int
    public internal(set) var vision: Vision
    /// nil for a vision trunk on its own, which has no projection into a joint space either.
    public let text: Text?
    /// Where the weights are found.
    let naming: TensorNaming
    /// Whether the weights hold a `logit_bias`.
    let hasLogitBias: Bool
    /// Whether `logit_scale` and `logit_bias` have one extent instead of none.
    let logitsAreVectors: Bool

    /// Of the vision encoder, or where that is a convolutional network with one of its own of the text encoder.
    public var activation: Activation {
        if case .transformer(let shape) = vision { return shape.transformer.activation }
        return text?.transformer.activation ?? .gelu
    }

    /// What the model was trained to tell by its logits.
    public var score: LogitScore.Kind { hasLogitBias ? .sigmoid : .softmax }

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
        /// Whether a token attends only to itself and those before it.
        public var isCausal = true
        /// nil where the tokenizer's files say it.
        public var pooling: TextPooling?
        public var projection = EmbeddingProjection.matrix
        public var tokenizer = TokenizerKind.clip
        /// Of a model that pools at a learnt row behind the tokens, the id of padding; nil for none.
        public var learntRowBehind: Int32?

        /// Rows of a text at most.
        var longestText: Int { contextLength + (learntRowBehind == nil ? 0 : 1) }
    }
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
    /// Of the stages' 1×1 convolutions; all else is always of floats.
    public var precision = Precision.fp32

    /// Positions along one side of the last map.
    public var gridSize: Int { imageSize / 32 }
    /// Channels of the last map.
    public var features: Int { 32 * width }
}
