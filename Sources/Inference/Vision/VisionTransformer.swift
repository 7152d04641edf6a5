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
        let hidden = (body.isGated ? 3 : 2) * body.mlpWidth
        let block = rows * body.width * (4 * body.width + hidden) + 2 * rows * rows * body.width
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
        let (norm, pool) = try Self.pool(tensors, shape, embeddingWidth: configuration.embeddingWidth)
        projection = try PooledProjection(
            norm: norm, pool: pool, shape.projection, width: width, embeddingWidth: configuration.embeddingWidth,
            tensors, matrix: "proj", layer: "head")
    }

    /// The norm of the last block's rows, and what makes one of them.
    private static func pool(
        _ tensors: TensorScope, _ shape: VisionTransformerShape, embeddingWidth: Int
    ) throws(InferenceError) -> (LayerNorm, PooledProjection.Pool) {
        let body = shape.transformer
        func norm(_ name: String, width: Int, epsilon: Float) throws(InferenceError) -> LayerNorm {
            try LayerNorm(tensors.scope(name), width: width, epsilon: epsilon)
        }
        guard case .latent(let pool) = shape.pooling else {
            let final = try norm("ln_post", width: body.width, epsilon: body.epsilon)
            guard case .mean(let normFirst) = shape.pooling else { return (final, .row) }
            return (final, .mean(normFirst: normFirst, classRows: shape.classRows))
        }
        let scope = tensors.scope("attn_pool")
        if let mlpWidth = pool.mlpWidth {
            let latent = try LatentPool(scope, heads: pool.heads, mlpWidth: mlpWidth, body: body)
            return (try norm("ln_post", width: body.width, epsilon: body.epsilon), .latent(latent))
        }
        // open_clip's pooler norms what goes in by itself, and the encoder's final norm follows it.
        let latent = try LatentPool(
            scope, queries: pool.queries, heads: pool.heads,
            norm: norm("ln_post", width: embeddingWidth, epsilon: body.epsilon), inputs: body.width,
            width: embeddingWidth)
        return (try LayerNorm(scope.scope("ln_k"), width: body.width), .latent(latent))
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
