import Foundation

/// Pools a map by one query, the map's mean, over all positions and the mean itself.
struct AttentionPool: Sendable {
    private let heads: Int
    /// `[1 + n, C]`.
    private let positions: [Float]
    private let query: PackedLayer
    private let key: PackedLayer
    private let value: PackedLayer
    private let output: PackedLayer

    /// Room for the maps of a batch.
    final class Workspace {
        /// `[images, 1 + n, C]`.
        fileprivate let tokens: ScratchBuffer
        fileprivate let keys: ScratchBuffer
        fileprivate let values: ScratchBuffer
        /// `[images, C]`: means, then what the heads make of the values.
        fileprivate let pooled: ScratchBuffer
        /// `[images, C]`.
        fileprivate let queries: ScratchBuffer
        fileprivate let scores: ScratchBuffer

        fileprivate init(images: Int, rows: Int, features: Int) {
            tokens = ScratchBuffer(count: images * rows * features)
            keys = ScratchBuffer(count: images * rows * features)
            values = ScratchBuffer(count: images * rows * features)
            pooled = ScratchBuffer(count: images * features)
            queries = ScratchBuffer(count: images * features)
            scores = ScratchBuffer(count: rows)
        }
    }

    init(_ tensors: TensorScope, _ shape: ResNetShape, embeddingWidth: Int) throws(InferenceError) {
        heads = shape.heads
        let features = shape.features
        positions = try tensors.floats("positional_embedding", [shape.gridSize * shape.gridSize + 1, features])
        query = try PackedLayer(tensors.scope("q_proj"), inputs: features, outputs: features)
        key = try PackedLayer(tensors.scope("k_proj"), inputs: features, outputs: features)
        value = try PackedLayer(tensors.scope("v_proj"), inputs: features, outputs: features)
        output = try PackedLayer(tensors.scope("c_proj"), inputs: features, outputs: embeddingWidth)
    }

    private var features: Int { query.inputs }
    private var rows: Int { positions.count / features }

    var multiplyAdds: Int {
        features * features * (1 + 2 * rows) + 2 * rows * features + features * output.outputs
    }

    /// Floats of `scratch` that ``apply(_:images:into:in:scratch:)`` needs.
    var scratchFloats: Int { query.scratchFloats }

    func makeWorkspace(images: Int) -> Workspace {
        Workspace(images: images, rows: rows, features: features)
    }

    /// - Parameters:
    ///   - maps: `[images, n, C]`.
    ///   - out: `[images, e]`.
    func apply(
        _ maps: UnsafePointer<Float>, images: Int, into out: UnsafeMutablePointer<Float>, in workspace: Workspace,
        scratch: UnsafeMutablePointer<Float>
    ) {
        let (tokens, pooled) = (workspace.tokens.base, workspace.pooled.base)
        for image in 0..<images {
            place(maps + image * (rows - 1) * features, into: tokens + image * rows * features)
            (pooled + image * features).update(from: tokens + image * rows * features, count: features)
        }
        key.apply(tokens, rows: images * rows, into: workspace.keys.base, scratch: scratch)
        value.apply(tokens, rows: images * rows, into: workspace.values.base, scratch: scratch)
        query.apply(pooled, rows: images, into: workspace.queries.base, scratch: scratch)
        for image in 0..<images { attend(image, workspace) }
        output.apply(pooled, rows: images, into: out, scratch: scratch)
    }

    /// A map behind its mean, positions added, `[1 + n, C]`.
    private func place(_ map: UnsafePointer<Float>, into tokens: UnsafeMutablePointer<Float>) {
        tokens.update(repeating: 0, count: features)
        positions.withUnsafeBufferPointer { positions in
            for row in 1..<rows {
                let source = map + (row - 1) * features
                let target = tokens + row * features
                for column in 0..<features {
                    tokens[column] += source[column]
                    target[column] = source[column] + positions[row * features + column]
                }
            }
            let share = 1 / Float(rows - 1)
            for column in 0..<features { tokens[column] = tokens[column] * share + positions[column] }
        }
    }

    /// Puts what the heads make of an image's values, side by side, into `pooled`.
    private func attend(_ image: Int, _ workspace: Workspace) {
        let headWidth = features / heads
        let scale = 1 / Float(headWidth).squareRoot()
        let scores = workspace.scores.base
        for head in 0..<heads {
            let query = workspace.queries.base + image * features + head * headWidth
            let first = image * rows * features + head * headWidth
            for row in 0..<rows {
                let key = workspace.keys.base + first + row * features
                var sum: Float = 0
                for column in 0..<headWidth { sum += query[column] * key[column] }
                scores[row] = sum * scale
            }
            RowKernels.best.softmax(scores, 1, rows, rows, 0)
            let target = workspace.pooled.base + image * features + head * headWidth
            target.update(repeating: 0, count: headWidth)
            for row in 0..<rows {
                let value = workspace.values.base + first + row * features
                for column in 0..<headWidth { target[column] += scores[row] * value[column] }
            }
        }
    }
}
