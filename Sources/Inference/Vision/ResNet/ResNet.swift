/// CLIP's modified ResNet: a stem of three convolutions, means instead of strides, and an attention pool at the end.
///
/// Its patches are the positions of the last map. Maps are `[images, size, size, channels]`.
public final class ResNet: VisionEncoder {
    /// The memory of one lane.
    private final class Workspace: VisionWorkspace {
        /// What goes into each stage.
        let inputs: [ScratchBuffer]
        /// The last maps of the batch.
        let maps: ScratchBuffer
        /// Between the convolutions of a block or of the stem.
        let narrow: (ScratchBuffer, ScratchBuffer)
        /// Of one convolution.
        let scratch: ScratchBuffer
        let pool: AttentionPool.Workspace

        init(
            batchSize: Int, inputFloats: [Int], mapFloats: Int, narrowFloats: Int, scratchFloats: Int,
            pool: AttentionPool.Workspace
        ) {
            inputs = inputFloats.map { ScratchBuffer(count: $0) }
            maps = ScratchBuffer(count: mapFloats)
            narrow = (ScratchBuffer(count: narrowFloats), ScratchBuffer(count: narrowFloats))
            scratch = ScratchBuffer(count: scratchFloats)
            self.pool = pool
            super.init(batchSize: batchSize)
        }
    }

    private let shape: ResNetShape
    private let stem: ResNetStem
    private let stages: [ResNetStage]
    private let pool: AttentionPool
    public let embeddingWidth: Int

    public var imageSize: Int { shape.imageSize }
    public var gridHeight: Int { shape.gridSize }
    public var gridWidth: Int { shape.gridSize }
    public var width: Int { shape.features }

    init(_ tensors: TensorScope, _ shape: ResNetShape, embeddingWidth: Int) throws(InferenceError) {
        self.shape = shape
        self.embeddingWidth = embeddingWidth
        stem = try ResNetStem(tensors, shape)
        var stages: [ResNetStage] = []
        for number in shape.layers.indices { stages.append(try ResNetStage(tensors, shape, number)) }
        self.stages = stages
        pool = try AttentionPool(tensors.scope("attnpool"), shape, embeddingWidth: embeddingWidth)
    }

    public var multiplyAdds: Int {
        stem.multiplyAdds + stages.map(\.multiplyAdds).reduce(0, +) + pool.multiplyAdds
    }

    public func makeWorkspace(batchSize: Int) -> VisionWorkspace {
        let groups = stages.map { $0.group(of: batchSize) }
        let narrow = zip(stages, groups).map { $0.narrowFloats * $1 } + [stem.narrowFloats]
        let scratch = stages.map(\.scratchFloats) + [stem.scratchFloats, pool.scratchFloats]
        return Workspace(
            batchSize: batchSize, inputFloats: zip(stages, groups).map { $0.inputFloats * $1 },
            mapFloats: batchSize * stages[3].outputFloats, narrowFloats: narrow.max() ?? 0,
            scratchFloats: scratch.max() ?? 0, pool: pool.makeWorkspace(images: batchSize))
    }

    public func encode(
        _ pixelValues: [[Float]], including outputs: PatchOutputs, in workspace: VisionWorkspace
    ) -> EncodedImages {
        guard let workspace = workspace as? Workspace else { preconditionFailure("a workspace of another encoder") }
        precondition(!outputs.contains(.keys), "a ResNet has no keys")
        var embeddings = Matrix(rows: pixelValues.count, columns: embeddingWidth)
        var maps: [Matrix] = []
        for first in stride(from: 0, to: pixelValues.count, by: workspace.batchSize) {
            let batch = first..<min(first + workspace.batchSize, pixelValues.count)
            run(stages.count - 1, pixelValues[batch], into: workspace.maps.base, in: workspace)
            if outputs.contains(.tokens) {
                for image in 0..<batch.count {
                    let map = UnsafeBufferPointer(
                        start: workspace.maps.base + image * stages[3].outputFloats, count: stages[3].outputFloats)
                    maps.append(Matrix(rows: gridHeight * gridWidth, columns: width, elements: Array(map)))
                }
            }
            embeddings.elements.withUnsafeMutableBufferPointer { out in
                // There is at least one image, hence an address.
                pool.apply(
                    workspace.maps.base, images: batch.count, into: out.baseAddress! + first * embeddingWidth,
                    in: workspace.pool, scratch: workspace.scratch.base)
            }
        }
        return EncodedImages(embeddings: embeddings, patchTokens: maps)
    }

    /// Stage `number` and all before it. A stage takes as many images together as make good use of its weights: one
    /// where maps are large, so that they stay near the cache, many where weights are.
    private func run(
        _ number: Int, _ images: ArraySlice<[Float]>, into out: UnsafeMutablePointer<Float>, in workspace: Workspace
    ) {
        guard number >= 0 else {
            for (place, image) in images.enumerated() {
                precondition(
                    image.count == 3 * imageSize * imageSize,
                    "\(image.count) pixel values for a model of 3×\(imageSize)×\(imageSize)")
                stem.run(
                    image, into: out + place * stages[0].inputFloats, workspace.narrow.0.base,
                    workspace.narrow.1.base, scratch: workspace.scratch.base)
            }
            return
        }
        let stage = stages[number]
        let input = workspace.inputs[number].base
        let group = stage.group(of: workspace.batchSize)
        for first in stride(from: images.startIndex, to: images.endIndex, by: group) {
            let members = images[first..<min(first + group, images.endIndex)]
            run(number - 1, members, into: input, in: workspace)
            stage.run(
                input, images: members.count, into: out + (first - images.startIndex) * stage.outputFloats,
                workspace.narrow.0.base, workspace.narrow.1.base, scratch: workspace.scratch.base)
        }
    }
}
