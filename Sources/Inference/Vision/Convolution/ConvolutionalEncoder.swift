/// CLIP's image encoder as a convolutional network: stem, stages, head. Its patches are the positions of the last map.
public final class ConvolutionalEncoder: VisionEncoder {
    let stem: any NetworkStem
    let stages: [any NetworkStage]
    let head: any NetworkHead
    public let imageSize: Int
    let gridSize: Int
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

    /// Floats of the last map.
    var mapFloats: Int { gridSize * gridSize * width }

    public func session(batchSize: Int) -> any VisionSession { ConvolutionalSession(self, batchSize: batchSize) }
}
