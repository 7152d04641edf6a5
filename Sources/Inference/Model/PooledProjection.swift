/// Norm and projection of items' pooled rows into the joint embedding space.
struct PooledProjection: Sendable {
    private let norm: LayerNorm
    private let layer: PackedLayer

    /// Room for the items of a batch.
    final class Workspace {
        /// `[items, d]`.
        fileprivate let pooled: ScratchBuffer
        fileprivate let scratch: ScratchBuffer

        init(items: Int, _ layer: PackedLayer) {
            pooled = ScratchBuffer(count: items * layer.inputs)
            scratch = ScratchBuffer(count: layer.scratchFloats)
        }
    }

    /// - Parameter weights: `[d, e]`, as open_clip stores them.
    init(norm: LayerNorm, weights: [Float], width: Int, embeddingWidth: Int) {
        self.norm = norm
        let transposed = (0..<width * embeddingWidth).map { index in
            weights[index % width * embeddingWidth + index / width]
        }
        layer = PackedLayer(weights: transposed, bias: [], inputs: width, outputs: embeddingWidth)
    }

    /// e.
    var embeddingWidth: Int { layer.outputs }

    func makeWorkspace(items: Int) -> Workspace { Workspace(items: items, layer) }

    /// Writes the embeddings `[items, e]` to `out`.
    ///
    /// - Parameters:
    ///   - stream: rows of d values.
    ///   - layout: where each item's rows are.
    ///   - keepingRows: as the transformer was told.
    func apply(
        _ stream: UnsafePointer<Float>, _ layout: RowLayout, keepingRows: Bool,
        into out: UnsafeMutablePointer<Float>, in workspace: Workspace
    ) {
        for (place, item) in layout.items.enumerated() {
            let row = keepingRows ? item.pooled : place
            norm.apply(
                stream + row * layer.inputs, into: workspace.pooled.base + place * layer.inputs, rows: 1)
        }
        layer.apply(workspace.pooled.base, rows: layout.items.count, into: out, scratch: workspace.scratch.base)
    }

    /// Writes the embeddings of all `rows`, `[rows, e]`, to `out`.
    ///
    /// - Parameter normed: room for `[rows, d]`.
    func applyToAll(
        _ stream: UnsafePointer<Float>, rows: Int, normed: UnsafeMutablePointer<Float>,
        into out: UnsafeMutablePointer<Float>, in workspace: Workspace
    ) {
        norm.apply(stream, into: normed, rows: rows)
        layer.apply(normed, rows: rows, into: out, scratch: workspace.scratch.base)
    }
}
