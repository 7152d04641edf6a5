/// The model's own path through its blocks, as one session runs it: what a ``DenseBranch`` stands beside.
struct OwnPath {
    let transformer: Transformer
    let body: TransformerWorkspace
    let projection: PooledProjection
    /// Patches along a side.
    let side: Int
    /// Rows of an item before its patches: 1 with a class token, else 0.
    let classRows: Int
    /// S.
    let imageSize: Int
}
