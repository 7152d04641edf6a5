/// Norm and projection of an item's pooled row into the joint embedding space.
struct PooledProjection: Sendable {
    let norm: LayerNorm
    /// `[d, e]`.
    let weights: [Float]
    let width: Int
    let embeddingWidth: Int

    /// Room for one item; see ``RowPacking`` for why a single row travels with zeros.
    final class Workspace {
        /// `[leastRows, d]`, zero but for the first row.
        fileprivate let pooled: ScratchBuffer
        /// `[leastRows, e]`.
        fileprivate let projected: ScratchBuffer

        init(width: Int, embeddingWidth: Int) {
            pooled = ScratchBuffer(count: RowPacking.leastRows * width)
            projected = ScratchBuffer(count: RowPacking.leastRows * embeddingWidth)
        }
    }

    func makeWorkspace() -> Workspace {
        Workspace(width: width, embeddingWidth: embeddingWidth)
    }

    /// Writes the embedding `[e]` of the `[d]` values at `row` to `out`.
    func apply(
        _ row: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>, in workspace: Workspace
    ) {
        norm.apply(row, into: workspace.pooled.base, rows: 1)
        weights.withUnsafeBufferPointer { weights in
            // d · e values, both positive.
            let view = BLAS.View(weights.baseAddress!, rows: width, columns: embeddingWidth)
            BLAS.multiply(
                BLAS.View(workspace.pooled.base, rows: RowPacking.leastRows, columns: width), view,
                into: workspace.projected.base)
        }
        out.update(from: workspace.projected.base, count: embeddingWidth)
    }
}
