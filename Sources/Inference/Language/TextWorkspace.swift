/// The memory that one lane needs to encode texts, allocated once. Use it from one thread at a time.
public final class TextWorkspace {
    /// Different texts encoded together at most.
    public let batchSize: Int
    /// Whether what texts share is computed once.
    public let sharesPrefixes: Bool
    /// Rows computed since it was made: tokens, but for those that were shared.
    public internal(set) var computedRows = 0
    let transformer: TransformerWorkspace
    let projection: PooledProjection.Workspace
    /// `[batchSize, e]`: of a batch's different texts.
    let embeddings: ScratchBuffer

    init(
        batchSize: Int, sharesPrefixes: Bool, transformer: TransformerWorkspace,
        projection: PooledProjection.Workspace, embeddingWidth: Int
    ) {
        self.batchSize = batchSize
        self.sharesPrefixes = sharesPrefixes
        self.transformer = transformer
        self.projection = projection
        embeddings = ScratchBuffer(count: batchSize * embeddingWidth)
    }
}

@available(*, unavailable)
extension TextWorkspace: Sendable {}
