/// CLIP's image encoder: a vision transformer (ViT) with a class token, pooled at that token.
public final class VisionTransformer: VisionEncoder {
    /// The memory of one lane.
    private final class Workspace: VisionWorkspace {
        let transformer: TransformerWorkspace
        let projection: PooledProjection.Workspace
        /// The images' patches, `[rows, 3 · patch²]`; each image's first row belongs to the class token and is zero.
        let patches: ScratchBuffer
        /// A dense method at work beside the transformer.
        let branch: DenseBranch?

        init(
            batchSize: Int, transformer: TransformerWorkspace, projection: PooledProjection.Workspace,
            patchValues: Int, branch: DenseBranch?
        ) {
            self.transformer = transformer
            self.projection = projection
            self.branch = branch
            patches = ScratchBuffer(count: transformer.capacity * patchValues)
            super.init(batchSize: batchSize)
        }
    }

    let shape: VisionTransformerShape
    let transformer: Transformer
    /// The patch convolution, 3 · patch² inputs ordered channel, row, column.
    private let patchLayer: PackedLayer
    /// `[1 + n, d]`: the positional embedding, with the class embedding added to its first row.
    let positions: [Float]
    private let inputNorm: LayerNorm
    let projection: PooledProjection

    public var imageSize: Int { shape.imageSize }
    public var gridHeight: Int { shape.gridSize }
    public var gridWidth: Int { shape.gridSize }
    public var width: Int { shape.transformer.width }
    public var embeddingWidth: Int { projection.embeddingWidth }

    public var multiplyAdds: Int {
        let (rows, body) = (patchCount + 1, shape.transformer)
        let block = rows * body.width * (4 * body.width + 2 * body.mlpWidth) + 2 * rows * rows * body.width
        return patchCount * patchValues * width + body.layers * block + projection.multiplyAdds
    }

    private var patchCount: Int { gridHeight * gridWidth }
    private var patchValues: Int { 3 * shape.patchSize * shape.patchSize }

    init(
        _ tensors: TensorScope, _ shape: VisionTransformerShape, _ configuration: ModelConfiguration
    ) throws(InferenceError) {
        self.shape = shape
        let width = shape.transformer.width
        let side = shape.patchSize
        patchLayer = PackedLayer(
            weights: try tensors.floats("conv1.weight", [width, 3, side, side]), bias: [], inputs: 3 * side * side,
            outputs: width)
        var positions = try Self.positions(tensors, shape)
        let classEmbedding = try tensors.floats("class_embedding", [width])
        for column in 0..<width { positions[column] += classEmbedding[column] }
        self.positions = positions
        inputNorm = try LayerNorm(tensors.scope("ln_pre"), width: width)
        transformer = try Transformer(tensors.scope("transformer"), shape.transformer, configuration.activation)
        let norm = try LayerNorm(tensors.scope("ln_post"), width: width)
        projection =
            configuration.text == nil
            ? PooledProjection(norm: norm, width: width)
            : PooledProjection(
                norm: norm, weights: try tensors.floats("proj", [width, configuration.embeddingWidth]), width: width,
                embeddingWidth: configuration.embeddingWidth)
    }

    /// The weights of another under a shape of its own.
    init(_ other: VisionTransformer, shape: VisionTransformerShape, positions: [Float]) {
        self.shape = shape
        self.positions = positions
        (patchLayer, inputNorm) = (other.patchLayer, other.inputNorm)
        (transformer, projection) = (other.transformer, other.projection)
    }

    /// As the configuration wants them, from another grid if that is what is stored.
    private static func positions(
        _ tensors: TensorScope, _ shape: VisionTransformerShape
    ) throws(InferenceError) -> [Float] {
        let (side, width) = (shape.gridSize, shape.transformer.width)
        if let stored = tensors.shape("positional_embedding"), stored.count == 2, stored[1] == width,
            let other = PositionGrid.side(ofRows: stored[0]), other != side
        {
            return PositionGrid.resized(
                try tensors.floats("positional_embedding", stored), from: other, to: side, width: width)
        }
        return try tensors.floats("positional_embedding", [side * side + 1, width])
    }

    public func makeWorkspace(batchSize: Int) -> VisionWorkspace { makeWorkspace(batchSize: batchSize) { _ in nil } }

    func makeWorkspace(batchSize: Int, branch: (TransformerWorkspace) -> DenseBranch?) -> VisionWorkspace {
        let body = TransformerWorkspace(
            shape.transformer, items: batchSize, longest: patchCount + 1,
            scratchFloats: max(transformer.scratchFloats, patchLayer.scratchFloats))
        return Workspace(
            batchSize: batchSize, transformer: body, projection: projection.makeWorkspace(items: batchSize),
            patchValues: patchValues, branch: branch(body))
    }

    public func encode(
        _ pixelValues: [[Float]], including outputs: PatchOutputs, in workspace: VisionWorkspace
    ) -> EncodedImages {
        guard let workspace = workspace as? Workspace else { preconditionFailure("a workspace of another encoder") }
        var embeddings = Matrix(rows: pixelValues.count, columns: embeddingWidth)
        var tokens: [Matrix] = []
        var keys: [Matrix] = []
        var dense: [Matrix] = []
        var correlations: [Matrix] = []
        let branch = outputs.contains(.dense) ? workspace.branch : nil
        precondition(
            branch != nil || !outputs.contains(.dense), "dense features from a workspace without a dense method")
        for first in stride(from: 0, to: pixelValues.count, by: workspace.batchSize) {
            let batch = first..<min(first + workspace.batchSize, pixelValues.count)
            embed(pixelValues[batch], in: workspace)
            let body = workspace.transformer
            let keepingRows = outputs.contains(.tokens) || branch?.needsAllRows == true
            branch?.begin(pixelValues[batch])
            transformer.run(in: body, causal: false, keepingRows: keepingRows, beside: branch) {
                guard outputs.contains(.keys) else { return }
                for item in body.layout.items {
                    keys.append(patchRows(of: item, in: body.wide, stride: 3 * width, column: width))
                }
            }
            if outputs.contains(.tokens) {
                for item in body.layout.items {
                    tokens.append(patchRows(of: item, in: body.stream, stride: width, column: 0))
                }
            }
            if let branch {
                dense += branch.patches()
                correlations += branch.correlations
            }
            embeddings.elements.withUnsafeMutableBufferPointer { out in
                // There is at least one image, hence an address.
                projection.apply(
                    body.stream.base, body.layout, keepingRows: keepingRows,
                    into: out.baseAddress! + first * embeddingWidth, in: workspace.projection)
            }
        }
        return EncodedImages(
            embeddings: embeddings, patchTokens: tokens, patchKeys: keys, densePatches: dense,
            correlations: correlations)
    }

    /// Lays out the batch and fills the residual stream: ln_pre(patches · weights + positions).
    private func embed(_ images: ArraySlice<[Float]>, in workspace: Workspace) {
        let body = workspace.transformer
        body.layout.removeAll()
        for image in images {
            precondition(
                image.count == 3 * imageSize * imageSize,
                "\(image.count) pixel values for a model of 3×\(imageSize)×\(imageSize)")
            body.layout.append(rows: patchCount + 1, pooled: 0)
        }
        for (image, item) in zip(images, body.layout.items) {
            cutPatches(of: image, into: workspace.patches.base + (item.start + 1) * patchValues)
        }
        patchLayer.apply(
            workspace.patches.base, rows: body.layout.totalRows, into: body.stream.base, scratch: body.scratch.base)
        for item in body.layout.items {
            let rows = body.stream.base + item.start * width
            RowKernels.current.add_bias(rows, positions, 1, item.rows * width)
            inputNorm.apply(rows, into: rows, rows: item.rows)
        }
    }

    /// Writes the patches of a `[3, S, S]` image as rows of 3 · patch² values.
    private func cutPatches(of image: [Float], into rows: UnsafeMutablePointer<Float>) {
        let (side, size) = (shape.patchSize, imageSize)
        image.withUnsafeBufferPointer { image in
            // 3 S² values, so there is an address.
            let source = image.baseAddress!
            for gridRow in 0..<gridHeight {
                for channel in 0..<3 {
                    for y in 0..<side {
                        var line = source + (channel * size + gridRow * side + y) * size
                        var target = rows + gridRow * gridWidth * patchValues + (channel * side + y) * side
                        for _ in 0..<gridWidth {
                            target.update(from: line, count: side)
                            line += side
                            target += patchValues
                        }
                    }
                }
            }
        }
    }

    /// Columns `column..<column + d` of an item's rows without its class token, `[n, d]`.
    private func patchRows(of item: RowLayout.Item, in buffer: ScratchBuffer, stride: Int, column: Int) -> Matrix {
        let count = patchCount * width
        let values = [Float](unsafeUninitializedCapacity: count) { out, initialized in
            // n · d values, so there is an address.
            var target = out.baseAddress!
            var source = buffer.base + (item.start + 1) * stride + column
            for _ in 0..<patchCount {
                target.initialize(from: source, count: width)
                target += width
                source += stride
            }
            initialized = count
        }
        return Matrix(rows: patchCount, columns: width, elements: values)
    }
}
