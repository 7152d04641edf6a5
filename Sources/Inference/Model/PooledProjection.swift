/// Norm, pool and projection of items' rows into the joint embedding space; without the projection where there is no such space.
struct PooledProjection: Sendable {
    /// What stands for an item.
    enum Pool: Sendable {
        /// One of its rows.
        case row
        /// The mean of its rows behind the class token's.
        case mean(normFirst: Bool, classRows: Int)
        case latent(LatentPool)
    }

    private let norm: LayerNorm
    private let pool: Pool
    private let layer: PackedLayer?
    private let width: Int
    /// Of the pool's output.
    private let pooledWidth: Int

    /// Room for the items of a batch.
    final class Workspace {
        /// A ``Pool`` with its own room.
        fileprivate enum Working {
            case row
            case mean(normFirst: Bool, classRows: Int)
            case latent(LatentPoolSession)
        }

        /// `[items, w]`, with w the pool's width: d but for CoCa.
        fileprivate let pooled: ScratchBuffer
        /// One item's rows, `[longest, d]`, if there is a pool.
        fileprivate let normed: ScratchBuffer
        fileprivate let pool: Working
        fileprivate let scratch: ScratchBuffer

        fileprivate init(_ projection: PooledProjection, items: Int, longest: Int) {
            pooled = ScratchBuffer(count: items * projection.pooledWidth)
            normed = ScratchBuffer(count: projection.needsAllRows ? longest * projection.width : 0)
            pool =
                switch projection.pool {
                case .row: .row
                case .mean(let normFirst, let classRows): .mean(normFirst: normFirst, classRows: classRows)
                case .latent(let pool): .latent(LatentPoolSession(pool, items: items, longest: longest))
                }
            scratch = ScratchBuffer(count: projection.layer?.scratchFloats ?? 0)
        }
    }

    /// - Parameters:
    ///   - tensors: what holds the projection, a matrix as `matrix` and a layer as `layer`.
    init(
        norm: LayerNorm, pool: Pool = .row, _ projection: EmbeddingProjection, width: Int, embeddingWidth: Int,
        _ tensors: TensorScope, matrix name: String, layer layerName: String
    ) throws(InferenceError) {
        (self.norm, self.pool, self.width) = (norm, pool, width)
        pooledWidth = if case .latent(let pool) = pool { pool.width } else { width }
        switch projection {
        case .none: layer = nil
        case .layer:
            layer = try PackedLayer(tensors.scope(layerName), inputs: pooledWidth, outputs: embeddingWidth)
        case .matrix:
            let inputs = pooledWidth
            let matrix = try tensors.floats(name, [inputs, embeddingWidth])
            let transposed = (0..<inputs * embeddingWidth).map { index in
                matrix[index % inputs * embeddingWidth + index / inputs]
            }
            layer = PackedLayer(weights: transposed, bias: [], inputs: inputs, outputs: embeddingWidth)
        }
    }

    /// e; d without a projection.
    var embeddingWidth: Int { layer?.outputs ?? pooledWidth }

    /// Whether all of an item's rows have a say in its embedding.
    var needsAllRows: Bool { if case .row = pool { false } else { true } }

    private var latent: LatentPool? { if case .latent(let pool) = pool { pool } else { nil } }

    /// Of an item of so many rows.
    func multiplyAdds(rows: Int) -> Int {
        (layer.map { pooledWidth * $0.outputs } ?? 0) + (latent?.multiplyAdds(rows: rows) ?? 0)
    }

    /// - Parameters:
    ///   - items: items of a batch at most.
    ///   - longest: rows of an item at most.
    func makeWorkspace(items: Int, longest: Int) -> Workspace { Workspace(self, items: items, longest: longest) }

    /// Writes the embeddings `[items, e]` to `out`.
    ///
    /// - Parameters:
    ///   - stream: rows of d values.
    ///   - layout: where each item's rows are.
    ///   - keepingRows: as the transformer was told; true if this ``needsAllRows``.
    func apply(
        _ stream: UnsafePointer<Float>, _ layout: RowLayout, keepingRows: Bool,
        into out: UnsafeMutablePointer<Float>, in workspace: Workspace
    ) {
        let pooled = workspace.pooled.base
        for (place, item) in layout.items.enumerated() {
            let (rows, target) = (stream + item.start * width, pooled + place * pooledWidth)
            switch workspace.pool {
            case .row:
                let row = keepingRows ? item.pooled : place
                norm.apply(stream + row * width, into: target, rows: 1)
            case .mean(let normFirst, let classRows):
                if normFirst { norm.apply(rows, into: workspace.normed.base, rows: item.rows) }
                mean(
                    (normFirst ? UnsafePointer(workspace.normed.base) : rows), item.rows, from: classRows, into: target)
                if !normFirst { norm.apply(target, into: target, rows: 1) }
            case .latent(let pool):
                norm.apply(rows, into: workspace.normed.base, rows: item.rows)
                pool.attend(workspace.normed.base, count: item.rows, into: target)
            }
        }
        if case .latent(let pool) = workspace.pool { pool.finish(pooled, count: layout.items.count) }
        project(pooled, rows: layout.items.count, into: out, in: workspace)
    }

    /// Writes the embeddings of all `rows`, `[rows, e]`, to `out`, each as if it were its item's only one.
    ///
    /// - Parameter normed: room for `[rows, d]`.
    func applyToAll(
        _ stream: UnsafePointer<Float>, rows: Int, normed: UnsafeMutablePointer<Float>,
        into out: UnsafeMutablePointer<Float>, in workspace: Workspace
    ) {
        norm.apply(stream, into: normed, rows: rows)
        if case .latent(let pool) = workspace.pool { pool.applyToEach(normed, count: rows) }
        project(normed, rows: rows, into: out, in: workspace)
    }

    private func mean(
        _ rows: UnsafePointer<Float>, _ count: Int, from first: Int, into out: UnsafeMutablePointer<Float>
    ) {
        out.update(repeating: 0, count: width)
        for row in first..<count {
            for column in 0..<width { out[column] += rows[row * width + column] }
        }
        for column in 0..<width { out[column] /= Float(count - first) }
    }

    private func project(
        _ normed: UnsafePointer<Float>, rows: Int, into out: UnsafeMutablePointer<Float>, in workspace: Workspace
    ) {
        guard let layer else { return out.update(from: normed, count: rows * pooledWidth) }
        layer.apply(normed, rows: rows, into: out, scratch: workspace.scratch.base)
    }
}
