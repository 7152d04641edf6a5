/// The mean over all positions, normed and projected.
struct ConvNeXtHead: NetworkHead {
    private let norm: LayerNorm
    private let positions: Int
    /// One layer, or two with GELU between.
    private let layers: [PackedLayer]

    init(_ tensors: TensorScope, _ shape: ConvNeXtShape, embeddingWidth: Int) throws(InferenceError) {
        positions = shape.gridSize * shape.gridSize
        let features = shape.features
        norm = try LayerNorm(tensors.scope("trunk.head.norm"), width: features, epsilon: shape.trunk.epsilon)
        let head = tensors.scope("head")
        let hasBias = shape.projectionHasBias
        switch shape.projection {
        case .linear:
            layers = [
                try PackedLayer(
                    head.scope("proj"), inputs: features, outputs: embeddingWidth, bias: hasBias ? "bias" : nil)
            ]
        case .perceptron:
            layers = [
                try PackedLayer(head.scope("mlp.fc1"), inputs: features, outputs: 2 * embeddingWidth),
                try PackedLayer(
                    head.scope("mlp.fc2"), inputs: 2 * embeddingWidth, outputs: embeddingWidth,
                    bias: hasBias ? "bias" : nil),
            ]
        }
    }

    private var features: Int { layers[0].inputs }

    var multiplyAdds: Int { layers.map { $0.inputs * $0.outputs }.reduce(0, +) }

    func scratchFloats(images: Int) -> Int {
        images * (features + layers[0].outputs) + (layers.map(\.scratchFloats).max() ?? 0)
    }

    func run(
        _ maps: UnsafePointer<Float>, images: Int, into out: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>
    ) {
        let (pooled, hidden) = (scratch, scratch + images * features)
        let rest = hidden + images * layers[0].outputs
        let share = 1 / Float(positions)
        for image in 0..<images {
            let row = pooled + image * features
            row.update(repeating: 0, count: features)
            for position in 0..<positions {
                let source = maps + (image * positions + position) * features
                for column in 0..<features { row[column] += source[column] }
            }
            for column in 0..<features { row[column] *= share }
        }
        norm.apply(pooled, into: pooled, rows: images)
        if layers.count == 1 {
            layers[0].apply(pooled, rows: images, into: out, scratch: rest)
        } else {
            layers[0].apply(pooled, rows: images, .gelu, into: hidden, scratch: rest)
            layers[1].apply(hidden, rows: images, into: out, scratch: rest)
        }
    }
}
