/// The memory that one lane needs to encode images, allocated once. Use it from one thread at a time.
public final class VisionWorkspace {
    /// Images encoded together at most.
    public let batchSize: Int
    let transformer: TransformerWorkspace
    let projection: PooledProjection.Workspace
    /// The images' patches, `[rows, 3 · patch²]`; each image's first row belongs to the class token and is zero.
    let patches: ScratchBuffer

    init(
        batchSize: Int, transformer: TransformerWorkspace, projection: PooledProjection.Workspace, patchValues: Int
    ) {
        self.batchSize = batchSize
        self.transformer = transformer
        self.projection = projection
        patches = ScratchBuffer(count: transformer.capacity * patchValues)
    }
}

@available(*, unavailable)
extension VisionWorkspace: Sendable {}
