/// Three 3×3 convolutions, the first of stride 2, and a mean of 2×2 pixels.
struct ResNetStem: NetworkStem {
    private let first: PixelConvolution
    private let second: WinogradConvolution
    private let third: WinogradConvolution
    private let imageSize: Int

    init(_ tensors: TensorScope, _ shape: ResNetShape) throws(InferenceError) {
        imageSize = shape.imageSize
        let half = shape.width / 2
        let pixels = try FoldedConvolution(tensors, "conv1", norm: "bn1", inputs: 3, outputs: half, side: 3)
        first = PixelConvolution(
            weights: pixels.weights, bias: pixels.bias, outputs: half, side: 3, stride: 2, border: 1)
        second = WinogradConvolution(
            try FoldedConvolution(tensors, "conv2", norm: "bn2", inputs: half, outputs: half, side: 3))
        third = WinogradConvolution(
            try FoldedConvolution(tensors, "conv3", norm: "bn3", inputs: half, outputs: shape.width, side: 3))
    }

    private var size: Int { first.resultSize(imageSize) }

    var multiplyAdds: Int {
        first.multiplyAdds(imageSize) + second.multiplyAdds(size) + third.multiplyAdds(size)
    }

    /// Floats of each of the two maps between its convolutions.
    private var mapFloats: Int { size * size * third.outputs }

    var scratchFloats: Int {
        2 * mapFloats + max(first.scratchFloats(imageSize), second.scratchFloats, third.scratchFloats)
    }

    func run(
        _ image: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
    ) {
        let (a, b, rest) = (scratch, scratch + mapFloats, scratch + 2 * mapFloats)
        first.apply(image, size: imageSize, .rectified, into: a, scratch: rest)
        second.apply(a, images: 1, size: size, into: b, scratch: rest)
        third.apply(b, images: 1, size: size, into: a, scratch: rest)
        RowKernels.current.halve(a, 1, size, third.outputs, out)
    }
}

/// The blocks of one width. The first widens, and in all stages but the first it halves the map.
struct ResNetStage: NetworkStage {
    /// Three convolutions around a shortcut; a stride is a mean of 2×2 pixels behind the second.
    private struct Block: Sendable {
        let narrowing: PackedLayer
        let middle: WinogradConvolution
        let widening: PackedLayer

        init(
            _ tensors: TensorScope, inputs: Int, planes: Int, _ precision: Precision
        ) throws(InferenceError) {
            narrowing = try FoldedConvolution(tensors, "conv1", norm: "bn1", inputs: inputs, outputs: planes)
                .layer(precision)
            middle = WinogradConvolution(
                try FoldedConvolution(tensors, "conv2", norm: "bn2", inputs: planes, outputs: planes, side: 3))
            widening = try FoldedConvolution(tensors, "conv3", norm: "bn3", inputs: planes, outputs: 4 * planes)
                .layer(precision)
        }

        func multiplyAdds(_ size: Int, _ result: Int) -> Int {
            size * size * narrowing.inputs * narrowing.outputs + middle.multiplyAdds(size)
                + result * result * widening.inputs * widening.outputs
        }
    }

    private let blocks: [Block]
    /// Gives the first block's shortcut the new shape.
    private let shortcut: PackedLayer
    /// Side of the maps that come in, and of those that go out.
    private let (inputSize, outputSize): (Int, Int)

    init(_ tensors: TensorScope, _ shape: ResNetShape, _ number: Int) throws(InferenceError) {
        let planes = shape.width << number
        outputSize = (shape.imageSize / 4) >> number
        inputSize = number == 0 ? outputSize : 2 * outputSize
        var inputs = number == 0 ? shape.width : 2 * planes
        let tensors = tensors.scope("layer\(number + 1)")
        shortcut =
            try FoldedConvolution(
                tensors.scope("0.downsample"), "0", norm: "1", inputs: inputs, outputs: 4 * planes
            ).layer(shape.precision)
        var blocks: [Block] = []
        for block in 0..<shape.layers[number] {
            blocks.append(try Block(tensors.scope("\(block)"), inputs: inputs, planes: planes, shape.precision))
            inputs = 4 * planes
        }
        self.blocks = blocks
    }

    var multiplyAdds: Int {
        outputSize * outputSize * shortcut.inputs * shortcut.outputs + blocks[0].multiplyAdds(inputSize, outputSize)
            + blocks.dropFirst().map { $0.multiplyAdds(outputSize, outputSize) }.reduce(0, +)
    }

    var inputFloats: Int { inputSize * inputSize * shortcut.inputs }
    var outputFloats: Int { outputPositions * shortcut.outputs }
    var outputPositions: Int { outputSize * outputSize }

    /// Floats of each of an image's two maps within a block.
    private var narrowFloats: Int {
        max(inputSize * inputSize * blocks[0].middle.outputs, outputPositions * shortcut.inputs)
    }

    func scratchFloats(images: Int) -> Int {
        let layers = blocks.flatMap { [$0.narrowing, $0.widening] } + [shortcut]
        let most = (layers.map(\.scratchFloats) + blocks.map(\.middle.scratchFloats)).max() ?? 0
        return 2 * images * narrowFloats + most
    }

    func run(
        _ input: UnsafeMutablePointer<Float>, images: Int, into out: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>
    ) {
        let (a, b) = (scratch, scratch + images * narrowFloats)
        let rest = scratch + 2 * images * narrowFloats
        let rows = images * outputPositions
        for (number, block) in blocks.enumerated() {
            let isFirst = number == 0
            let size = isFirst ? inputSize : outputSize
            block.narrowing.apply(
                isFirst ? input : out, rows: images * size * size, .rectified, into: a, scratch: rest)
            block.middle.apply(a, images: images, size: size, into: b, scratch: rest)
            var narrow = b
            if isFirst {
                var source = input
                if size != outputSize {
                    RowKernels.current.halve(b, images, size, block.middle.outputs, a)
                    narrow = a
                    RowKernels.current.halve(input, images, size, shortcut.inputs, b)
                    source = b
                }
                shortcut.apply(source, rows: rows, into: out, scratch: rest)
            }
            block.widening.apply(narrow, rows: rows, adding: out, .rectified, into: out, scratch: rest)
        }
    }
}
