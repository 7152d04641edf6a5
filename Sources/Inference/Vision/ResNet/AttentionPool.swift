import Foundation

/// Pools a map by one query, the map's mean, over all positions and the mean itself.
struct AttentionPool: Sendable {
    private let heads: Int
    /// `[1 + n, C]`.
    private let positions: [Float]
    private let query: LinearLayer
    private let key: LinearLayer
    private let value: LinearLayer
    private let output: LinearLayer

    /// Room for one map.
    final class Workspace {
        /// `[rows, C]`, padding rows zero.
        fileprivate let tokens: ScratchBuffer
        fileprivate let keys: ScratchBuffer
        fileprivate let values: ScratchBuffer
        /// `[leastRows, C]`, zero but for the first row; see ``RowPacking`` for why a single row travels with zeros.
        fileprivate let single: ScratchBuffer
        fileprivate let projected: ScratchBuffer
        fileprivate let scores: ScratchBuffer

        fileprivate init(rows: Int, features: Int, widest: Int) {
            tokens = ScratchBuffer(count: rows * features)
            keys = ScratchBuffer(count: rows * features)
            values = ScratchBuffer(count: rows * features)
            single = ScratchBuffer(count: RowPacking.leastRows * features)
            projected = ScratchBuffer(count: RowPacking.leastRows * widest)
            scores = ScratchBuffer(count: rows)
        }
    }

    init(_ tensors: TensorScope, _ shape: ResNetShape, embeddingWidth: Int) throws(InferenceError) {
        heads = shape.heads
        let features = shape.features
        positions = try tensors.floats("positional_embedding", [shape.gridSize * shape.gridSize + 1, features])
        query = try LinearLayer(tensors.scope("q_proj"), inputs: features, outputs: features)
        key = try LinearLayer(tensors.scope("k_proj"), inputs: features, outputs: features)
        value = try LinearLayer(tensors.scope("v_proj"), inputs: features, outputs: features)
        output = try LinearLayer(tensors.scope("c_proj"), inputs: features, outputs: embeddingWidth)
    }

    private var features: Int { query.inputs }
    private var rows: Int { positions.count / features }
    /// Rows of a product: at least so many that no other kernel takes it.
    private var occupied: Int { max(rows, RowPacking.leastRows) }

    var multiplyAdds: Int {
        features * features * (1 + 2 * rows) + 2 * rows * features + features * output.outputs
    }

    func makeWorkspace() -> Workspace {
        Workspace(rows: occupied, features: features, widest: max(features, output.outputs))
    }

    /// - Parameters:
    ///   - map: `[n, C]`.
    ///   - out: `[e]`.
    func apply(_ map: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>, in workspace: Workspace) {
        let tokens = workspace.tokens.base
        for column in 0..<features { tokens[column] = 0 }
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

        project(tokens, rows: occupied, by: key, into: workspace.keys.base)
        project(tokens, rows: occupied, by: value, into: workspace.values.base)
        workspace.single.base.update(from: tokens, count: features)
        project(workspace.single.base, rows: RowPacking.leastRows, by: query, into: workspace.projected.base)
        attend(workspace)
        project(workspace.single.base, rows: RowPacking.leastRows, by: output, into: workspace.projected.base)
        out.update(from: workspace.projected.base, count: output.outputs)
    }

    /// Puts what the heads make of the values, side by side, into `single`.
    private func attend(_ workspace: Workspace) {
        let headWidth = features / heads
        let scale = 1 / Float(headWidth).squareRoot()
        let scores = workspace.scores.base
        for head in 0..<heads {
            let query = workspace.projected.base + head * headWidth
            for row in 0..<rows {
                let key = workspace.keys.base + row * features + head * headWidth
                var sum: Float = 0
                for column in 0..<headWidth { sum += query[column] * key[column] }
                scores[row] = sum * scale
            }
            RowKernels.best.softmax(scores, 1, rows, rows, 0)
            let target = workspace.single.base + head * headWidth
            for column in 0..<headWidth { target[column] = 0 }
            for row in 0..<rows {
                let value = workspace.values.base + row * features + head * headWidth
                for column in 0..<headWidth { target[column] += scores[row] * value[column] }
            }
        }
    }

    private func project(
        _ input: UnsafePointer<Float>, rows: Int, by layer: LinearLayer, into out: UnsafeMutablePointer<Float>
    ) {
        layer.weights.withUnsafeBufferPointer { weights in
            // Every count is positive, so there is an address.
            BLAS.multiply(
                BLAS.View(input, rows: rows, columns: layer.inputs),
                BLAS.View(weights.baseAddress!, rows: layer.outputs, columns: layer.inputs), transposingB: true,
                into: out)
        }
        RowKernels.best.add_bias(out, layer.bias, rows, layer.outputs)
    }
}
