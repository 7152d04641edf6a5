/// CLIP's text encoder: a transformer, pooled at one of its tokens.
///
/// A causal row never looks at rows behind it, so those behind the pooled one are not computed: most texts are much
/// shorter than the context. And as it depends on those before it alone, what texts have in common at their beginning is computed
/// once. Where every token sees all others, padding is among them, as in training.
public final class TextTransformer: Sendable {
    private let shape: ModelConfiguration.Text
    private let transformer: Transformer
    /// `[vocabulary, d]`.
    private let tokenEmbedding: [Float]
    /// `[d]`: of a row behind the tokens, if the model pools at such a one.
    private let learntRow: [Float]
    /// `[context, d]`, with a learnt row one more.
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
        learntRow = shape.learntRowBehind == nil ? [] : try tensors.floats("cls_emb", [width])
        positions = try tensors.floats("positional_embedding", [shape.longestText, width])
        transformer = try Transformer(tensors.scope("transformer"), shape.transformer)
        projection = try PooledProjection(
            norm: LayerNorm(tensors.scope("ln_final"), width: width, epsilon: shape.transformer.epsilon),
            shape.projection, width: width, embeddingWidth: configuration.embeddingWidth, tensors.root,
            matrix: "text_projection", layer: "text_projection")
    }

    /// Rows of a batch at most, unless a single text has more: enough for the products to be fast, and few enough for the lane to look
    /// up from them every now and then.
    private static let rowsAtOnce = 512

    private func rowLimit(_ batchSize: Int) -> Int {
        min(batchSize * shape.longestText, max(Self.rowsAtOnce, shape.longestText))
    }

    /// Memory for one lane that encodes up to `batchSize` different texts together, or fewer if they are long.
    ///
    /// - Parameter sharingPrefixes: otherwise each text is computed by itself, which takes longer and gives the same bits.
    public func makeWorkspace(batchSize: Int, sharingPrefixes: Bool = true) -> TextWorkspace {
        precondition(batchSize > 0, "a batch of \(batchSize) texts")
        return TextWorkspace(
            batchSize: batchSize, sharesPrefixes: sharingPrefixes,
            transformer: TransformerWorkspace(
                shape.transformer, items: batchSize, longest: shape.longestText, rows: rowLimit(batchSize),
                isCausal: shape.isCausal, scratchFloats: transformer.scratchFloats),
            projection: projection.makeWorkspace(items: batchSize, longest: shape.longestText),
            embeddingWidth: embeddingWidth)
    }

    /// How texts are best given to a number of lanes: those that share the most together, each list as much as goes through a workspace
    /// of `batchSize` at once.
    ///
    /// - Parameters:
    ///   - tokens: as for ``encode(_:of:pooling:in:)``.
    ///   - pooling: the tokenizer's.
    /// - Returns: indexes of `tokens`, each once, ascending within a list.
    public func batches(
        of tokens: [[Int32]], pooling: TextPooling = .highestID, batchSize: Int
    ) -> [[Int]] {
        let order = order(of: tokens, pooling)
        return order.batches(items: batchSize, rows: rowLimit(batchSize)).map { batch in
            order.texts[batch].map(\.index).sorted()
        }
    }

    /// Encodes tokenised texts; any number of them, a batch at a time.
    ///
    /// A text's embedding is the same bits whatever is beside it, whatever it shares, and whichever thread calls.
    ///
    /// - Parameters:
    ///   - tokens: for each text `contextLength` ids.
    ///   - texts: what the rows were made of, for messages.
    ///   - pooling: the tokenizer's, for a model whose configuration says nothing of it.
    ///   - workspace: made by this encoder; used by this call alone while it runs.
    /// - Returns: `[N, e]`, not normalised.
    /// - Throws: ``InferenceError/Code/tokenizer`` for ids outside the vocabulary or a row of another length: the
    ///   tokenizer's files belong to another model. ``InferenceError/Code/encoderOverflow`` for a text whose embedding is
    ///   not finite.
    public func encode(
        _ tokens: [[Int32]], of texts: [String] = [], pooling: TextPooling = .highestID, in workspace: TextWorkspace
    ) throws(InferenceError) -> Matrix {
        for (index, row) in tokens.enumerated() { try check(row, index) }
        var embeddings = compute(tokens, pooling, in: workspace)
        for text in tokens.indices where embeddings.row(text).firstNotFinite != nil {
            // It may be another's, behind what they share: a value that is not finite goes back into the rows before it.
            let own = compute([tokens[text]], pooling, in: workspace)
            if let value = own.row(0).firstNotFinite { throw overflow(value, text, texts) }
            embeddings.setRow(text, to: own.row(0))
        }
        return embeddings
    }

    private func compute(_ tokens: [[Int32]], _ pooling: TextPooling, in workspace: TextWorkspace) -> Matrix {
        var embeddings = Matrix(rows: tokens.count, columns: embeddingWidth)
        let body = workspace.transformer
        let order = order(of: tokens, pooling, sharing: workspace.sharesPrefixes)
        for batch in order.batches(items: workspace.batchSize, rows: body.capacity) {
            let texts = order.texts[batch]
            embed(texts, in: body)
            workspace.computedRows += body.layout.totalRows
            transformer.run(in: body, causal: shape.isCausal, keepingRows: false)
            projection.apply(
                body.stream.base, body.layout, keepingRows: false, into: workspace.embeddings.base,
                in: workspace.projection)
            distribute(workspace.embeddings, over: texts, into: &embeddings)
        }
        return embeddings
    }

    private func order(of tokens: [[Int32]], _ pooling: TextPooling, sharing: Bool = true) -> TextOrder {
        guard let padding = shape.learntRowBehind else {
            return TextOrder(tokens, shape.pooling ?? pooling, isCausal: shape.isCausal, sharing: sharing)
        }
        return TextOrder(
            tokens.map { TokenRows($0, learntRowBehind: padding) }, isCausal: shape.isCausal, sharing: sharing)
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

    /// Lays out a batch's different texts, each as far as its pooled token sees, without what it shares with the one before it; and
    /// fills the residual stream.
    private func embed(_ texts: ArraySlice<TextOrder.Text>, in body: TransformerWorkspace) {
        let width = shape.transformer.width
        body.layout.removeAll()
        var row = body.stream.base
        for (place, text) in zip(texts.indices, texts) where place == texts.startIndex || !text.isRepeated {
            let shared = place == texts.startIndex ? 0 : text.shared
            body.layout.append(
                rows: text.length - shared, pooled: text.pooled - shared, shared: shared,
                seesPooled: text.rows.seesPooled)
            for source in text.rows.rows[shared...] {
                let place = source.position * width
                if source.token < 0 {
                    for column in 0..<width { row[column] = learntRow[column] + positions[place + column] }
                } else {
                    let token = Int(source.token) * width
                    for column in 0..<width {
                        row[column] = tokenEmbedding[token + column] + positions[place + column]
                    }
                }
                row += width
            }
        }
    }

    /// Gives each text the row of the batch that is its own.
    private func distribute(
        _ rows: ScratchBuffer, over texts: ArraySlice<TextOrder.Text>, into embeddings: inout Matrix
    ) {
        let width = embeddingWidth
        var item = -1
        embeddings.withUnsafeMutableElements { out in
            for (place, text) in zip(texts.indices, texts) {
                if place == texts.startIndex || !text.isRepeated { item += 1 }
                // There is at least this text, hence an address.
                (out.baseAddress! + text.index * width).update(from: rows.base + item * width, count: width)
            }
        }
    }
}
