/// Pools a map by one query, the map's mean, over all positions and the mean itself.
struct AttentionPool: NetworkHead {
    private let heads: Int
    /// `[1 + n, C]`.
    private let positions: [Float]
    private let query: PackedLayer
    private let key: PackedLayer
    private let value: PackedLayer
    private let output: PackedLayer

    /// What lies in the scratch memory, for a number of images.
    private struct Buffers {
        /// `[images, 1 + n, C]`.
        let tokens: UnsafeMutablePointer<Float>
        let keys: UnsafeMutablePointer<Float>
        let values: UnsafeMutablePointer<Float>
        /// `[images, C]`: means, then what the heads make of the values.
        let pooled: UnsafeMutablePointer<Float>
        /// `[images, C]`.
        let queries: UnsafeMutablePointer<Float>
        /// `[1 + n]`.
        let scores: UnsafeMutablePointer<Float>
        let rest: UnsafeMutablePointer<Float>

        init(_ scratch: UnsafeMutablePointer<Float>, images: Int, rows: Int, features: Int) {
            tokens = scratch
            keys = tokens + images * rows * features
            values = keys + images * rows * features
            pooled = values + images * rows * features
            queries = pooled + images * features
            scores = queries + images * features
            rest = scores + rows
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

    func scratchFloats(images: Int) -> Int {
        images * features * (3 * rows + 2) + rows + query.scratchFloats
    }

    func run(
        _ maps: UnsafePointer<Float>, images: Int, into out: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>
    ) {
        let buffers = Buffers(scratch, images: images, rows: rows, features: features)
        for image in 0..<images {
            let tokens = buffers.tokens + image * rows * features
            place(maps + image * (rows - 1) * features, into: tokens)
            (buffers.pooled + image * features).update(from: tokens, count: features)
        }
        key.apply(buffers.tokens, rows: images * rows, into: buffers.keys, scratch: buffers.rest)
        value.apply(buffers.tokens, rows: images * rows, into: buffers.values, scratch: buffers.rest)
        query.apply(buffers.pooled, rows: images, into: buffers.queries, scratch: buffers.rest)
        for image in 0..<images { attend(image, buffers) }
        output.apply(buffers.pooled, rows: images, into: out, scratch: buffers.rest)
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
    private func attend(_ image: Int, _ buffers: Buffers) {
        let headWidth = features / heads
        let scale = 1 / Float(headWidth).squareRoot()
        let scores = buffers.scores
        for head in 0..<heads {
            let query = buffers.queries + image * features + head * headWidth
            let first = image * rows * features + head * headWidth
            for row in 0..<rows {
                let key = buffers.keys + first + row * features
                var sum: Float = 0
                for column in 0..<headWidth { sum += query[column] * key[column] }
                scores[row] = sum * scale
            }
            RowKernels.current.softmax(scores, 1, rows, rows)
            let target = buffers.pooled + image * features + head * headWidth
            target.update(repeating: 0, count: headWidth)
            for row in 0..<rows {
                let value = buffers.values + first + row * features
                for column in 0..<headWidth { target[column] += scores[row] * value[column] }
            }
        }
    }
}
