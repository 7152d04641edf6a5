/// The memory that one lane needs to encode texts, allocated once. Use it from one thread at a time.
public final class TextWorkspace {
    /// Texts encoded together at most.
    public let batchSize: Int
    let transformer: TransformerWorkspace
    let projection: PooledProjection.Workspace

    init(batchSize: Int, transformer: TransformerWorkspace, projection: PooledProjection.Workspace) {
        self.batchSize = batchSize
        self.transformer = transformer
        self.projection = projection
    }
}

@available(*, unavailable)
extension TextWorkspace: Sendable {}
