/// Norm and projection of items' pooled rows into the joint embedding space; the norm alone where there is no such space.
struct PooledProjection: Sendable {
    private let norm: LayerNorm
    private let layer: PackedLayer?
    private let width: Int

    /// Room for the items of a batch.
    final class Workspace {
        /// `[items, d]`.
        fileprivate let pooled: ScratchBuffer
        fileprivate let scratch: ScratchBuffer

        init(items: Int, width: Int, _ layer: PackedLayer?) {
            pooled = ScratchBuffer(count: items * width)
            scratch = ScratchBuffer(count: layer?.scratchFloats ?? 0)
        }
    }

    /// - Parameter weights: `[d, e]`, as open_clip stores them.
    init(norm: LayerNorm, weights: [Float], width: Int, embeddingWidth: Int) {
        (self.norm, self.width) = (norm, width)
        let transposed = (0..<width * embeddingWidth).map { index in
            weights[index % width * embeddingWidth + index / width]
        }
        layer = PackedLayer(weights: transposed, bias: [], inputs: width, outputs: embeddingWidth)
    }

    /// Without a projection.
    init(norm: LayerNorm, width: Int) {
        (self.norm, self.width, layer) = (norm, width, nil)
    }

    /// e; d without a projection.
    var embeddingWidth: Int { layer?.outputs ?? width }

    /// Of one row.
    var multiplyAdds: Int { layer.map { width * $0.outputs } ?? 0 }

    func makeWorkspace(items: Int) -> Workspace { Workspace(items: items, width: width, layer) }

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
                stream + row * width, into: workspace.pooled.base + place * width, rows: 1)
        }
        project(workspace.pooled.base, rows: layout.items.count, into: out, in: workspace)
    }

    /// Writes the embeddings of all `rows`, `[rows, e]`, to `out`.
    ///
    /// - Parameter normed: room for `[rows, d]`.
    func applyToAll(
        _ stream: UnsafePointer<Float>, rows: Int, normed: UnsafeMutablePointer<Float>,
        into out: UnsafeMutablePointer<Float>, in workspace: Workspace
    ) {
        norm.apply(stream, into: normed, rows: rows)
        project(normed, rows: rows, into: out, in: workspace)
    }

    private func project(
        _ normed: UnsafePointer<Float>, rows: Int, into out: UnsafeMutablePointer<Float>, in workspace: Workspace
    ) {
        guard let layer else { return out.update(from: normed, count: rows * width) }
        layer.apply(normed, rows: rows, into: out, scratch: workspace.scratch.base)
    }
}
