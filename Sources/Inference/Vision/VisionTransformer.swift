/// CLIP's image encoder: a vision transformer (ViT) with a class token, pooled at that token.
public final class VisionTransformer: Sendable {
    private let shape: ModelConfiguration.Vision
    private let transformer: Transformer
    /// The patch convolution, `[d, 3 · patch²]`; columns ordered channel, row, column.
    private let patchWeights: [Float]
    /// `[1 + n, d]`: the positional embedding, with the class embedding added to its first row.
    private let positions: [Float]
    private let inputNorm: LayerNorm
    private let projection: PooledProjection

    /// S: images are S × S.
    public var imageSize: Int { shape.imageSize }
    /// Patches from top to bottom.
    public var gridHeight: Int { shape.gridSize }
    /// Patches from left to right.
    public var gridWidth: Int { shape.gridSize }
    /// d: columns of patch tokens and keys.
    public var width: Int { shape.transformer.width }
    /// e: columns of the embeddings.
    public var embeddingWidth: Int { projection.embeddingWidth }

    var transformerShape: TransformerShape { shape.transformer }
    private var patchCount: Int { gridHeight * gridWidth }
    var patchValues: Int { 3 * shape.patchSize * shape.patchSize }

    init(_ tensors: TensorScope, _ configuration: ModelConfiguration) throws(InferenceError) {
        shape = configuration.vision
        let width = shape.transformer.width
        let side = shape.patchSize
        patchWeights = try tensors.floats("conv1.weight", [width, 3, side, side])
        var positions = try tensors.floats("positional_embedding", [shape.gridSize * shape.gridSize + 1, width])
        let classEmbedding = try tensors.floats("class_embedding", [width])
        for column in 0..<width { positions[column] += classEmbedding[column] }
        self.positions = positions
        inputNorm = try LayerNorm(tensors.scope("ln_pre"), width: width)
        transformer = try Transformer(tensors.scope("transformer"), shape.transformer, configuration.activation)
        projection = PooledProjection(
            norm: try LayerNorm(tensors.scope("ln_post"), width: width),
            weights: try tensors.floats("proj", [width, configuration.embeddingWidth]),
            width: width, embeddingWidth: configuration.embeddingWidth)
    }

    /// Memory for one lane that encodes up to `batchSize` images together.
    public func makeWorkspace(batchSize: Int) -> VisionWorkspace {
        makeWorkspace(batchSize: batchSize, packing: .current)
    }

    func makeWorkspace(batchSize: Int, packing: RowPacking) -> VisionWorkspace {
        precondition(batchSize > 0, "a batch of \(batchSize) images")
        return VisionWorkspace(
            batchSize: batchSize,
            transformer: TransformerWorkspace(
                shape.transformer, items: batchSize, longest: patchCount + 1, packing: packing),
            projection: projection.makeWorkspace(), patchValues: patchValues)
    }

    /// Encodes images; any number of them, `workspace.batchSize` at a time.
    ///
    /// An image's results are the same bits whatever its company and whichever thread calls.
    ///
    /// - Parameters:
    ///   - pixelValues: for each image `[3, S, S]`, normalised as the model's preprocessing asks.
    ///   - outputs: the patch features to return as well.
    ///   - workspace: made by this encoder; used by this call alone while it runs.
    public func encode(
        _ pixelValues: [[Float]], including outputs: PatchOutputs = [], in workspace: VisionWorkspace
    ) -> EncodedImages {
        var embeddings = Matrix(rows: pixelValues.count, columns: embeddingWidth)
        var tokens: [Matrix] = []
        var keys: [Matrix] = []
        for first in stride(from: 0, to: pixelValues.count, by: workspace.batchSize) {
            let batch = first..<min(first + workspace.batchSize, pixelValues.count)
            embed(pixelValues[batch], in: workspace)
            let body = workspace.transformer
            let readKeys = {
                for item in body.layout.items {
                    keys.append(self.patchRows(of: item, in: body.wide, stride: 3 * self.width, column: self.width))
                }
            }
            transformer.run(in: body, causal: false, readingKeys: outputs.contains(.keys) ? readKeys : nil)
            if outputs.contains(.tokens) {
                for item in body.layout.items {
                    tokens.append(patchRows(of: item, in: body.stream, stride: width, column: 0))
                }
            }
            embeddings.elements.withUnsafeMutableBufferPointer { out in
                for (image, item) in zip(batch, body.layout.items) {
                    // There is at least one image, hence an address.
                    projection.apply(
                        body.stream.base + item.start * width, into: out.baseAddress! + image * embeddingWidth,
                        in: workspace.projection)
                }
            }
        }
        return EncodedImages(embeddings: embeddings, patchTokens: tokens, patchKeys: keys)
    }

    /// Lays out the batch and fills the residual stream: ln_pre(patches · weights + positions).
    private func embed(_ images: ArraySlice<[Float]>, in workspace: VisionWorkspace) {
        let body = workspace.transformer
        body.layout.removeAll()
        for image in images {
            precondition(
                image.count == 3 * imageSize * imageSize,
                "\(image.count) pixel values for a model of 3×\(imageSize)×\(imageSize)")
            body.layout.append(rows: patchCount + 1)
        }
        for (image, item) in zip(images, body.layout.items) {
            cutPatches(of: image, into: workspace.patches.base + (item.start + 1) * patchValues)
        }
        body.layout.multiply(
            workspace.patches.base, by: patchWeights, inner: patchValues, columns: width, into: body.stream.base)
        for item in body.layout.items {
            let rows = body.stream.base + item.start * width
            RowKernels.best.add_bias(rows, positions, 1, item.rows * width)
            inputNorm.apply(rows, into: rows, rows: item.rows)
            // The products above left padding rows zero: their patches are.
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
