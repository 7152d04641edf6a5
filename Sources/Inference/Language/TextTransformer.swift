/// CLIP's text encoder: a causal transformer, pooled at its end-of-text token.
///
/// A causal row never looks at rows behind it, so those behind the pooled one are not computed: most texts are much
/// shorter than the context.
public final class TextTransformer: Sendable {
    private let shape: ModelConfiguration.Text
    private let transformer: Transformer
    /// `[vocabulary, d]`.
    private let tokenEmbedding: [Float]
    /// `[context, d]`.
    private let positions: [Float]
    private let projection: PooledProjection

    /// Tokens of a text, padding included.
    public var contextLength: Int { shape.contextLength }
    /// Token ids are below it.
    public var vocabularySize: Int { shape.vocabularySize }
    /// e: columns of the embeddings.
    public var embeddingWidth: Int { projection.embeddingWidth }

    init(
        _ tensors: TensorReader, _ configuration: ModelConfiguration, _ shape: ModelConfiguration.Text
    ) throws(InferenceError) {
        self.shape = shape
        let width = shape.transformer.width
        tokenEmbedding = try tensors.floats("token_embedding.weight", [shape.vocabularySize, width])
        positions = try tensors.floats("positional_embedding", [shape.contextLength, width])
        transformer = try Transformer(tensors.scope("transformer"), shape.transformer, configuration.activation)
        projection = PooledProjection(
            norm: try LayerNorm(tensors.scope("ln_final"), width: width),
            weights: try tensors.floats("text_projection", [width, configuration.embeddingWidth]),
            width: width, embeddingWidth: configuration.embeddingWidth)
    }

    /// Memory for one lane that encodes up to `batchSize` texts together.
    public func makeWorkspace(batchSize: Int) -> TextWorkspace {
        precondition(batchSize > 0, "a batch of \(batchSize) texts")
        return TextWorkspace(
            batchSize: batchSize,
            transformer: TransformerWorkspace(
                shape.transformer, items: batchSize, longest: contextLength,
                scratchFloats: transformer.scratchFloats),
            projection: projection.makeWorkspace(items: batchSize))
    }

    /// Encodes tokenised texts; any number of them, `workspace.batchSize` at a time.
    ///
    /// A text's embedding is the same bits whatever is beside it and whichever thread calls.
    ///
    /// - Parameters:
    ///   - tokens: for each text `contextLength` ids.
    ///   - texts: what the rows were made of, for messages.
    ///   - pooling: the tokenizer's.
    ///   - workspace: made by this encoder; used by this call alone while it runs.
    /// - Returns: `[N, e]`, not normalised.
    /// - Throws: ``InferenceError/Code/tokenizer`` for ids outside the vocabulary or a row of another length: the
    ///   tokenizer's files belong to another model. ``InferenceError/Code/encoderOverflow`` for a text whose embedding is
    ///   not finite.
    public func encode(
        _ tokens: [[Int32]], of texts: [String] = [], pooling: TextPooling = .highestID, in workspace: TextWorkspace
    ) throws(InferenceError) -> Matrix {
        for (index, row) in tokens.enumerated() { try check(row, index) }
        var embeddings = Matrix(rows: tokens.count, columns: embeddingWidth)
        let body = workspace.transformer
        for first in stride(from: 0, to: tokens.count, by: workspace.batchSize) {
            let batch = first..<min(first + workspace.batchSize, tokens.count)
            embed(tokens[batch], pooling, in: body)
            transformer.run(in: body, causal: true, keepingRows: false)
            embeddings.elements.withUnsafeMutableBufferPointer { out in
                // There is at least one text, hence an address.
                projection.apply(
                    body.stream.base, body.layout, keepingRows: false,
                    into: out.baseAddress! + first * embeddingWidth, in: workspace.projection)
            }
        }
        for text in tokens.indices {
            guard let value = embeddings.row(text).firstNotFinite else { continue }
            throw overflow(value, text, texts)
        }
        return embeddings
    }

    private func overflow(_ value: Float, _ index: Int, _ texts: [String]) -> InferenceError {
        let text = texts.indices.contains(index) ? "the text \(Vocabulary.quoted(texts[index]))" : "text \(index)"
        return InferenceError(
            .encoderOverflow,
            "the model's text encoder overflows on \(text), whose embedding holds \(value); write another text, or take another "
                + "model if entente models verify says the same")
    }

    private func check(_ row: [Int32], _ index: Int) throws(InferenceError) {
        guard row.count == contextLength else {
            throw InferenceError(
                .tokenizer, "text \(index) has \(row.count) tokens; the model's context holds \(contextLength)")
        }
        guard let id = row.first(where: { $0 < 0 || Int($0) >= vocabularySize }) else { return }
        throw InferenceError(
            .tokenizer,
            "text \(index) holds token \(id), but the model's vocabulary has \(vocabularySize) entries; the tokenizer's "
                + "files belong to another model")
    }

    /// Lays out the batch, each text up to its pooled token, and fills the residual stream.
    private func embed(_ texts: ArraySlice<[Int32]>, _ pooling: TextPooling, in body: TransformerWorkspace) {
        let width = shape.transformer.width
        body.layout.removeAll()
        for text in texts {
            let last = pooling.position(in: text)
            body.layout.append(rows: last + 1, pooled: last)
        }
        for (text, item) in zip(texts, body.layout.items) {
            var row = body.stream.base + item.start * width
            for position in 0..<item.rows {
                let token = Int(text[position]) * width
                for column in 0..<width {
                    row[column] = tokenEmbedding[token + column] + positions[position * width + column]
                }
                row += width
            }
        }
    }
}
