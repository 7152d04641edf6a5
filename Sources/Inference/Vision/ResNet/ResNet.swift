/// CLIP's modified ResNet: a stem of three convolutions, means instead of strides, and an attention pool at the end.
///
/// Its patches are the positions of the last map.
public final class ResNet: VisionEncoder {
    /// The memory of one lane: maps of one image, which go through one after the other.
    private final class Workspace: VisionWorkspace {
        /// Four maps, each with room for the largest.
        var maps: [ScratchBuffer]
        let patches: ScratchBuffer
        let pool: AttentionPool.Workspace

        init(batchSize: Int, mapFloats: Int, patchFloats: Int, pool: AttentionPool.Workspace) {
            maps = (0..<4).map { _ in ScratchBuffer(count: mapFloats) }
            patches = ScratchBuffer(count: patchFloats)
            self.pool = pool
            super.init(batchSize: batchSize)
        }
    }

    /// Three convolutions around a shortcut; a stride is a mean of 2×2 pixels behind the second.
    private struct Block: Sendable {
        let narrowing: Convolution
        let middle: Convolution
        let widening: Convolution
        /// Where the shortcut changes shape.
        let shortcut: Convolution?
        let halves: Bool

        init(_ tensors: TensorScope, inputs: Int, planes: Int, halves: Bool) throws(InferenceError) {
            self.halves = halves
            narrowing = try Convolution(tensors, "conv1", norm: "bn1", inputs: inputs, outputs: planes)
            middle = try Convolution(tensors, "conv2", norm: "bn2", inputs: planes, outputs: planes, side: 3)
            widening = try Convolution(tensors, "conv3", norm: "bn3", inputs: planes, outputs: 4 * planes)
            shortcut =
                halves || inputs != 4 * planes
                ? try Convolution(
                    tensors.scope("downsample"), "0", norm: "1", inputs: inputs, outputs: 4 * planes) : nil
        }

        func multiplyAdds(_ size: Int) -> Int {
            let result = halves ? size / 2 : size
            return narrowing.multiplyAdds(size) + middle.multiplyAdds(size) + widening.multiplyAdds(result)
                + (shortcut?.multiplyAdds(result) ?? 0)
        }
    }

    private let shape: ResNetShape
    private let stem: [Convolution]
    private let blocks: [Block]
    private let pool: AttentionPool
    public let embeddingWidth: Int

    public var imageSize: Int { shape.imageSize }
    public var gridHeight: Int { shape.gridSize }
    public var gridWidth: Int { shape.gridSize }
    public var width: Int { shape.features }

    init(_ tensors: TensorScope, _ shape: ResNetShape, embeddingWidth: Int) throws(InferenceError) {
        self.shape = shape
        self.embeddingWidth = embeddingWidth
        let half = shape.width / 2
        stem = [
            try Convolution(tensors, "conv1", norm: "bn1", inputs: 3, outputs: half, side: 3, stride: 2),
            try Convolution(tensors, "conv2", norm: "bn2", inputs: half, outputs: half, side: 3),
            try Convolution(tensors, "conv3", norm: "bn3", inputs: half, outputs: shape.width, side: 3),
        ]
        var blocks: [Block] = []
        var inputs = shape.width
        for (stage, count) in shape.layers.enumerated() {
            let planes = shape.width << stage
            for number in 0..<count {
                blocks.append(
                    try Block(
                        tensors.scope("layer\(stage + 1).\(number)"), inputs: inputs, planes: planes,
                        halves: stage > 0 && number == 0))
                inputs = 4 * planes
            }
        }
        self.blocks = blocks
        pool = try AttentionPool(tensors.scope("attnpool"), shape, embeddingWidth: embeddingWidth)
    }

    public var multiplyAdds: Int {
        var size = imageSize
        var sum = pool.multiplyAdds
        for convolution in stem {
            sum += convolution.multiplyAdds(size)
            size = convolution.resultSize(size)
        }
        size /= 2
        for block in blocks {
            sum += block.multiplyAdds(size)
            if block.halves { size /= 2 }
        }
        return sum
    }

    public func makeWorkspace(batchSize: Int) -> VisionWorkspace {
        let convolutions = stem + blocks.map(\.middle)
        return Workspace(
            batchSize: batchSize, mapFloats: max(imageSize * imageSize / 4 * shape.width, 3 * imageSize * imageSize),
            patchFloats: convolutions.map(\.patchFloats).max() ?? 0, pool: pool.makeWorkspace())
    }

    public func encode(
        _ pixelValues: [[Float]], including outputs: PatchOutputs, in workspace: VisionWorkspace
    ) -> EncodedImages {
        guard let workspace = workspace as? Workspace else { preconditionFailure("a workspace of another encoder") }
        precondition(!outputs.contains(.keys), "a ResNet has no keys")
        var embeddings = Matrix(rows: pixelValues.count, columns: embeddingWidth)
        var maps: [Matrix] = []
        for (index, image) in pixelValues.enumerated() {
            precondition(
                image.count == 3 * imageSize * imageSize,
                "\(image.count) pixel values for a model of 3×\(imageSize)×\(imageSize)")
            let map = run(image, in: workspace)
            let count = gridHeight * gridWidth * width
            if outputs.contains(.tokens) {
                maps.append(
                    Matrix(
                        rows: gridHeight * gridWidth, columns: width,
                        elements: Array(UnsafeBufferPointer(start: map, count: count))))
            }
            embeddings.elements.withUnsafeMutableBufferPointer { out in
                // There is at least one image, hence an address.
                pool.apply(map, into: out.baseAddress! + index * embeddingWidth, in: workspace.pool)
            }
        }
        return EncodedImages(embeddings: embeddings, patchTokens: maps)
    }

    /// The last map of an image, `[n, C]`, in the workspace.
    private func run(_ image: [Float], in workspace: Workspace) -> UnsafePointer<Float> {
        let patches = workspace.patches.base
        var size = imageSize
        Maps.interleaved(image, size: size, into: workspace.maps[0].base)
        for convolution in stem {
            convolution.apply(
                workspace.maps[0].base, size: size, into: workspace.maps[1].base, rectified: true, patches: patches)
            workspace.maps.swapAt(0, 1)
            size = convolution.resultSize(size)
        }
        Maps.halved(workspace.maps[0].base, size: size, channels: shape.width, into: workspace.maps[1].base)
        workspace.maps.swapAt(0, 1)
        size /= 2
        for block in blocks {
            run(block, size: size, in: workspace)
            if block.halves { size /= 2 }
        }
        return UnsafePointer(workspace.maps[0].base)
    }

    /// From map 0 to map 0.
    private func run(_ block: Block, size: Int, in workspace: Workspace) {
        let patches = workspace.patches.base
        let (input, a, b, c) = (
            workspace.maps[0].base, workspace.maps[1].base, workspace.maps[2].base, workspace.maps[3].base
        )
        block.narrowing.apply(input, size: size, into: a, rectified: true, patches: patches)
        block.middle.apply(a, size: size, into: b, rectified: true, patches: patches)
        let result = block.halves ? size / 2 : size
        var narrow = b
        if block.halves {
            Maps.halved(b, size: size, channels: block.middle.outputs, into: a)
            narrow = a
        }
        block.widening.apply(narrow, size: result, into: c, rectified: false, patches: patches)
        var identity = input
        if let shortcut = block.shortcut {
            var source = input
            if block.halves {
                Maps.halved(input, size: size, channels: shortcut.inputs, into: b)
                source = b
            }
            shortcut.apply(source, size: result, into: a, rectified: false, patches: patches)
            identity = a
        }
        Maps.addRectified(c, identity, count: result * result * block.widening.outputs)
        workspace.maps.swapAt(0, 3)
    }
}
