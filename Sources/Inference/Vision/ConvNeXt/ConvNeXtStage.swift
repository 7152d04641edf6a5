/// The blocks of one width; in front of them, in all stages but the first, a norm and a convolution that halves the map.
struct ConvNeXtStage: NetworkStage {
    /// x += γ · perceptron(norm(depthwise(x))), with γ folded into the perceptron's second layer.
    private struct Block: Sendable {
        let depthwise: DepthwiseConvolution
        let norm: LayerNorm
        let expansion: PackedLayer
        let contraction: PackedLayer

        init(
            _ tensors: TensorScope, _ trunk: ConvNeXtShape.Trunk, width: Int, _ precision: Precision
        ) throws(InferenceError) {
            depthwise = try DepthwiseConvolution(tensors.scope("conv_dw"), channels: width)
            norm = try LayerNorm(tensors.scope("norm"), width: width, epsilon: trunk.epsilon)
            let isConvolution = trunk.storesConvolutions
            expansion = try PackedLayer(
                tensors.scope("mlp.fc1"), inputs: width, outputs: 4 * width, isConvolution: isConvolution,
                precision: precision)
            contraction = try PackedLayer(
                tensors.scope("mlp.fc2"), inputs: 4 * width, outputs: width, isConvolution: isConvolution,
                gain: try tensors.floats("gamma", [width]), precision: precision)
        }

        func multiplyAdds(_ size: Int) -> Int {
            depthwise.multiplyAdds(size) + 2 * size * size * expansion.inputs * expansion.outputs
        }
    }

    /// Norm, then 2×2 pixels side by side through a layer.
    private struct Downsampling: Sendable {
        let norm: LayerNorm
        /// Inputs ordered row, column, channel.
        let layer: PackedLayer

        init(
            _ tensors: TensorScope, inputs: Int, outputs: Int, epsilon: Float, _ precision: Precision
        ) throws(InferenceError) {
            norm = try LayerNorm(tensors.scope("0"), width: inputs, epsilon: epsilon)
            let stored = try tensors.floats("1.weight", [outputs, inputs, 2, 2])
            var weights = [Float](repeating: 0, count: stored.count)
            for output in 0..<outputs {
                for input in 0..<inputs {
                    for place in 0..<4 {
                        weights[(output * 4 + place) * inputs + input] = stored[(output * inputs + input) * 4 + place]
                    }
                }
            }
            layer = try tensors.layer(
                "1.weight", weights: weights, bias: try tensors.floats("1.bias", [outputs]), inputs: 4 * inputs,
                outputs: outputs, precision: precision)
        }
    }

    /// Hidden floats of a perceptron at once: what it makes of them stays in the second cache.
    private static let hiddenFloats = 262_144

    private let downsampling: Downsampling?
    private let blocks: [Block]
    private let activation: Activation
    private let width: Int
    /// Channels that come in.
    private let inputs: Int
    /// Side of the maps that come in, and of those that go out.
    private let (inputSize, outputSize): (Int, Int)

    init(_ trunk: TensorScope, _ shape: ConvNeXtShape, _ number: Int) throws(InferenceError) {
        width = shape.trunk.widths[number]
        inputs = number == 0 ? width : shape.trunk.widths[number - 1]
        outputSize = shape.size(behind: number)
        inputSize = shape.size(behind: max(number - 1, 0))
        activation = shape.trunk.activation
        let tensors = trunk.scope("stages.\(number)")
        downsampling =
            number == 0
            ? nil
            : try Downsampling(
                tensors.scope("downsample"), inputs: inputs, outputs: width, epsilon: shape.trunk.epsilon,
                shape.precision)
        var blocks: [Block] = []
        for block in 0..<shape.trunk.depths[number] {
            blocks.append(try Block(tensors.scope("blocks.\(block)"), shape.trunk, width: width, shape.precision))
        }
        self.blocks = blocks
    }

    var multiplyAdds: Int {
        let layer = downsampling?.layer
        return outputPositions * (layer.map { $0.inputs * $0.outputs } ?? 0)
            + blocks.map { $0.multiplyAdds(outputSize) }.reduce(0, +)
    }

    var inputFloats: Int { inputSize * inputSize * inputs }
    var outputFloats: Int { outputPositions * width }
    var outputPositions: Int { outputSize * outputSize }

    /// Rows of a perceptron at once.
    private var rowsAtOnce: Int { RowKernels.wholeTiles(Self.hiddenFloats / (4 * width)) }

    /// Floats of an image's map within a block, or of its pixels set side by side.
    private var normedFloats: Int { max(outputFloats, outputPositions * (downsampling?.layer.inputs ?? 0)) }

    func scratchFloats(images: Int) -> Int {
        let layers = blocks.flatMap { [$0.expansion, $0.contraction] } + [downsampling?.layer].compactMap { $0 }
        let most = max(
            layers.map(\.scratchFloats).max() ?? 0, DepthwiseConvolution.scratchFloats(outputSize))
        return images * normedFloats + rowsAtOnce * 4 * width + most
    }

    func run(
        _ input: UnsafeMutablePointer<Float>, images: Int, into out: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>
    ) {
        let (normed, hidden) = (scratch, scratch + images * normedFloats)
        let rest = hidden + rowsAtOnce * 4 * width
        let rows = images * outputPositions
        if let downsampling {
            downsampling.norm.apply(input, into: input, rows: images * inputSize * inputSize)
            gather(input, images: images, into: normed)
            downsampling.layer.apply(normed, rows: rows, into: out, scratch: rest)
        } else {
            out.update(from: input, count: images * outputFloats)
        }
        for block in blocks {
            for image in 0..<images {
                block.depthwise.apply(
                    out + image * outputFloats, size: outputSize, into: normed + image * outputFloats, scratch: rest)
            }
            block.norm.apply(normed, into: normed, rows: rows)
            for first in stride(from: 0, to: rows, by: rowsAtOnce) {
                let count = min(rowsAtOnce, rows - first)
                let target = out + first * width
                block.expansion.apply(normed + first * width, rows: count, activation, into: hidden, scratch: rest)
                block.contraction.apply(hidden, rows: count, adding: target, into: target, scratch: rest)
            }
        }
    }

    /// 2×2 pixels side by side, `[images, outputSize, outputSize, 4, inputs]`.
    private func gather(
        _ maps: UnsafePointer<Float>, images: Int, into windows: UnsafeMutablePointer<Float>
    ) {
        var target = windows
        for image in 0..<images {
            for y in 0..<outputSize {
                for x in 0..<outputSize {
                    for row in 0..<2 {
                        let source = maps + ((image * inputSize + 2 * y + row) * inputSize + 2 * x) * inputs
                        target.update(from: source, count: 2 * inputs)
                        target += 2 * inputs
                    }
                }
            }
        }
    }
}
