/// What the image encoder makes of B images. n patches are in raster order; the class token is left out.
public struct EncodedImages: Sendable {
    /// `[B, e]`, not normalised.
    public let embeddings: Matrix
    /// For each image `[n, d]`: the last block's output before the final norm. Empty unless asked for.
    public let patchTokens: [Matrix]
    /// For each image `[n, d]`: the last block's normed input times the key weights, without bias, heads side by side.
    /// Empty unless asked for.
    public let patchKeys: [Matrix]

    public init(embeddings: Matrix, patchTokens: [Matrix] = [], patchKeys: [Matrix] = []) {
        self.embeddings = embeddings
        self.patchTokens = patchTokens
        self.patchKeys = patchKeys
    }
}
