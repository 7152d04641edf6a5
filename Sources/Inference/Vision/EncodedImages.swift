/// What the image encoder makes of B images. n patches are in raster order; the class token is left out.
public struct EncodedImages: Sendable {
    /// `[B, e]`, not normalised.
    public let embeddings: Matrix
    /// For each image `[n, d]`: the last block's output before the final norm. Empty unless asked for.
    public let patchTokens: [Matrix]
    /// For each image `[n, d]`: the last block's normed input times the key weights, without bias, heads side by side.
    /// Empty unless asked for.
    public let patchKeys: [Matrix]

    /// For each image `[n, e]`: its patches in the embedding space by a dense method, not normalised. Empty unless asked for.
    public let densePatches: [Matrix]
    /// For each image `[n, n]`: how far its patches are alike, by a dense method that says so, see ``PatchClusters``.
    public let correlations: [Matrix]

    public init(
        embeddings: Matrix, patchTokens: [Matrix] = [], patchKeys: [Matrix] = [], densePatches: [Matrix] = [],
        correlations: [Matrix] = []
    ) {
        self.embeddings = embeddings
        self.patchTokens = patchTokens
        self.patchKeys = patchKeys
        self.densePatches = densePatches
        self.correlations = correlations
    }
}
