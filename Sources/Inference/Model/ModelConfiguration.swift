/// The shapes of a CLIP model's two encoders, in open_clip's terms.
///
/// Shape letters used throughout: B images, N texts, n patches, t rows (tokens) of an item, d width of an encoder,
/// e width of the joint embedding space, S side of the input image in pixels.
public struct ModelConfiguration: Sendable, Hashable {
    /// e.
    public let embeddingWidth: Int
    public let activation: Activation
    public let vision: Vision
    public let text: Text
    /// Whether the weights hold a `logit_bias`.
    let hasLogitBias: Bool
    /// Whether `logit_scale` and `logit_bias` have one extent instead of none.
    let logitsAreVectors: Bool

    /// The image encoder, a vision transformer.
    public struct Vision: Sendable, Hashable {
        /// S.
        public let imageSize: Int
        /// Side of a patch in pixels.
        public let patchSize: Int
        public let transformer: TransformerShape

        /// Patches along one side; pixels beyond the last whole patch are not looked at.
        public var gridSize: Int { imageSize / patchSize }
    }

    /// The text encoder.
    public struct Text: Sendable, Hashable {
        /// Tokens of a text, padding included.
        public let contextLength: Int
        public let vocabularySize: Int
        public let transformer: TransformerShape
    }
}
