/// A vision transformer (ViT), pooled at its class token or by attention.
public final class VisionTransformer: VisionEncoder {
    let shape: VisionTransformerShape
    let transformer: Transformer
    let stem: PatchStem
    /// `[classRows + n, d]`: the positional embedding, with the class embedding added to the class token's row.
    let positions: [Float]
    let inputNorm: LayerNorm?
    let projection: PooledProjection

    public var imageSize: Int { shape.imageSize }
    /// Side of a patch in pixels.
    public var patchSize: Int { shape.patchSize }
    public var gridHeight: Int { shape.gridSize }
    public var gridWidth: Int { shape.gridSize }
    public var width: Int { shape.transformer.width }
    public var embeddingWidth: Int { projection.embeddingWidth }

    public var multiplyAdds: Int {
        let (rows, body) = (patchCount + shape.classRows, shape.transformer)
        let block = rows * body.width * (4 * body.width + 2 * body.mlpWidth) + 2 * rows * rows * body.width
        return patchCount * stem.multiplyAdds + body.layers * block + projection.multiplyAdds(rows: rows)
    }

    var patchCount: Int { gridHeight * gridWidth }

    init(
        _ tensors: TensorScope, _ shape: VisionTransformerShape, _ configuration: ModelConfiguration
    ) throws(InferenceError) {
        self.shape = shape
        let width = shape.transformer.width
        stem = try PatchStem(tensors, side: shape.patchSize, width: width, kernels: shape.stem)
        let epsilon = shape.transformer.epsilon
        positions = try Self.positions(tensors, shape)
        inputNorm =
            shape.hasInputNorm ? try LayerNorm(tensors.scope("ln_pre"), width: width, epsilon: epsilon) : nil
        transformer = try Transformer(tensors.scope("transformer"), shape.transformer, rotatingGrid: shape.gridSize)
        let pool: PooledProjection.Pool =
            switch shape.pooling {
            case .classToken: .row
            case .mean(let normFirst): .mean(normFirst: normFirst, classRows: shape.classRows)
            case .latent(let pooling):
                .latent(try LatentPool(tensors.scope("attn_pool"), pooling, body: shape.transformer))
            }
        projection = try PooledProjection(
            norm: LayerNorm(tensors.scope("ln_post"), width: width, epsilon: epsilon), pool: pool, shape.projection,
            width: width, embeddingWidth: configuration.embeddingWidth, tensors, matrix: "proj", layer: "head")
    }

    /// The weights of another under a shape of its own.
    init(_ other: VisionTransformer, shape: VisionTransformerShape, positions: [Float]) {
        self.shape = shape
        self.positions = positions
        (stem, inputNorm) = (other.stem, other.inputNorm)
        transformer = other.transformer.rotating(grid: shape.gridSize)
        projection = other.projection
    }

    /// What is added to the rows: positions, class embedding, and the patch convolution's bias.
    private static func positions(
        _ tensors: TensorScope, _ shape: VisionTransformerShape
    ) throws(InferenceError) -> [Float] {
        let width = shape.transformer.width
        var positions = try storedPositions(tensors, shape)
        if shape.hasClassToken {
            let classEmbedding = try tensors.floats("class_embedding", [width])
            for column in 0..<width { positions[column] += classEmbedding[column] }
        }
        if shape.hasPatchBias {
            let bias = try tensors.floats("conv1.bias", [width])
            for place in shape.classRows * width..<positions.count { positions[place] += bias[place % width] }
        }
        return positions
    }

    /// As the configuration wants them, from another grid if that is what is stored.
    private static func storedPositions(
        _ tensors: TensorScope, _ shape: VisionTransformerShape
    ) throws(InferenceError) -> [Float] {
        let (side, width) = (shape.gridSize, shape.transformer.width)
        if !shape.isClassTokenPlaced {
            return .init(repeating: 0, count: shape.classRows * width)
                + (try tensors.floats("positional_embedding", [side * side, width]))
        }
        // Only open_clip's own class brings them to another grid at load.
        if shape.hasClassToken, let stored = tensors.shape("positional_embedding"), stored.count == 2,
            stored[1] == width, let other = PositionGrid.side(ofRows: stored[0]), other != side
        {
            return PositionGrid.resized(
                try tensors.floats("positional_embedding", stored), from: other, to: side, width: width)
        }
        return try tensors.floats("positional_embedding", [side * side + shape.classRows, width])
    }

    public func session(batchSize: Int) -> any VisionSession {
        VisionTransformerSession(self, batchSize: batchSize) { _ in nil }
    }
}
