/// CLIP's image encoder as a convolutional network: stem, stages, head. Its patches are the positions of the last map.
public final class ConvolutionalEncoder: VisionEncoder {
    /// The memory of one lane.
    private final class Workspace: VisionWorkspace {
        /// What goes into each stage.
        let inputs: [ScratchBuffer]
        /// The last maps of the batch.
        let maps: ScratchBuffer
        /// Of the part that is running.
        let scratch: ScratchBuffer

        init(batchSize: Int, inputFloats: [Int], mapFloats: Int, scratchFloats: Int) {
            inputs = inputFloats.map { ScratchBuffer(count: $0) }
            maps = ScratchBuffer(count: mapFloats)
            scratch = ScratchBuffer(count: scratchFloats)
            super.init(batchSize: batchSize)
        }
    }

    private let stem: any NetworkStem
    private let stages: [any NetworkStage]
    private let head: any NetworkHead
    public let imageSize: Int
    private let gridSize: Int
    public let width: Int
    public let embeddingWidth: Int

    public var gridHeight: Int { gridSize }
    public var gridWidth: Int { gridSize }

    /// - Parameters:
    ///   - gridSize: side of the last map.
    ///   - width: its channels.
    private init(
        stem: any NetworkStem, stages: [any NetworkStage], head: any NetworkHead, imageSize: Int, gridSize: Int,
        width: Int, embeddingWidth: Int
    ) {
        (self.stem, self.stages, self.head) = (stem, stages, head)
        (self.imageSize, self.gridSize, self.width, self.embeddingWidth) = (imageSize, gridSize, width, embeddingWidth)
    }

    /// CLIP's modified ResNet, with means instead of strides and an attention pool at the end.
    convenience init(_ tensors: TensorScope, _ shape: ResNetShape, embeddingWidth: Int) throws(InferenceError) {
        let stem = try ResNetStem(tensors, shape)
        var stages: [any NetworkStage] = []
        for number in shape.layers.indices { stages.append(try ResNetStage(tensors, shape, number)) }
        self.init(
            stem: stem, stages: stages,
            head: try AttentionPool(tensors.scope("attnpool"), shape, embeddingWidth: embeddingWidth),
            imageSize: shape.imageSize, gridSize: shape.gridSize, width: shape.features,
            embeddingWidth: embeddingWidth)
    }

    /// timm's ConvNeXt, with open_clip's projection behind it.
    convenience init(_ tensors: TensorScope, _ shape: ConvNeXtShape, embeddingWidth: Int) throws(InferenceError) {
        let trunk = tensors.scope("trunk")
        let stem = try ConvNeXtStem(trunk, shape)
        var stages: [any NetworkStage] = []
        for number in shape.trunk.depths.indices { stages.append(try ConvNeXtStage(trunk, shape, number)) }
        self.init(
            stem: stem, stages: stages, head: try ConvNeXtHead(tensors, shape, embeddingWidth: embeddingWidth),
            imageSize: shape.imageSize, gridSize: shape.gridSize, width: shape.features,
            embeddingWidth: embeddingWidth)
    }

    public var multiplyAdds: Int {
        stem.multiplyAdds + stages.map(\.multiplyAdds).reduce(0, +) + head.multiplyAdds
    }

    public func makeWorkspace(batchSize: Int) -> VisionWorkspace {
        let groups = stages.map { $0.group(of: batchSize) }
        let scratch =
            zip(stages, groups).map { $0.scratchFloats(images: $1) }
            + [stem.scratchFloats, head.scratchFloats(images: batchSize)]
        return Workspace(
            batchSize: batchSize, inputFloats: zip(stages, groups).map { $0.inputFloats * $1 },
            mapFloats: batchSize * mapFloats, scratchFloats: scratch.max() ?? 0)
    }

    private var mapFloats: Int { gridSize * gridSize * width }

    public func encode(
        _ pixelValues: [[Float]], including outputs: PatchOutputs, in workspace: VisionWorkspace
    ) -> EncodedImages {
        guard let workspace = workspace as? Workspace else { preconditionFailure("a workspace of another encoder") }
        precondition(!outputs.contains(.keys), "a convolutional network has no keys")
        var embeddings = Matrix(rows: pixelValues.count, columns: embeddingWidth)
        var maps: [Matrix] = []
        for first in stride(from: 0, to: pixelValues.count, by: workspace.batchSize) {
            let batch = first..<min(first + workspace.batchSize, pixelValues.count)
            run(stages.count - 1, pixelValues[batch], into: workspace.maps.base, in: workspace)
            if outputs.contains(.tokens) {
                for image in 0..<batch.count {
                    let map = UnsafeBufferPointer(start: workspace.maps.base + image * mapFloats, count: mapFloats)
                    maps.append(Matrix(rows: gridSize * gridSize, columns: width, elements: Array(map)))
                }
            }
            embeddings.elements.withUnsafeMutableBufferPointer { out in
                // There is at least one image, hence an address.
                head.run(
                    workspace.maps.base, images: batch.count, into: out.baseAddress! + first * embeddingWidth,
                    scratch: workspace.scratch.base)
            }
        }
        return EncodedImages(embeddings: embeddings, patchTokens: maps)
    }

    /// Stage `number` and all before it. Early stages take one image at a time, so that its large maps stay near the
    /// cache; late ones take many, so that their large weights are fetched once for all.
    private func run(
        _ number: Int, _ images: ArraySlice<[Float]>, into out: UnsafeMutablePointer<Float>, in workspace: Workspace
    ) {
        guard number >= 0 else {
            for (place, image) in images.enumerated() {
                precondition(
                    image.count == 3 * imageSize * imageSize,
                    "\(image.count) pixel values for a model of 3×\(imageSize)×\(imageSize)")
                stem.run(image, into: out + place * stages[0].inputFloats, scratch: workspace.scratch.base)
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
                scratch: workspace.scratch.base)
        }
    }
}
