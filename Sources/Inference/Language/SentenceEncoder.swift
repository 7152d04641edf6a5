/// A sentence encoder of BERT's kind: the mean of its last rows (docs/descriptors.md §6). Any number of threads may share one.
public final class SentenceEncoder: Sendable {
    public let directory: String
    public let tokenizer: Tokenizer
    private let transformer: Transformer
    /// `[vocabulary, d]`.
    private let words: [Float]
    /// `[longest, d]`, with what marks a text that stands alone.
    private let positions: [Float]
    private let norm: LayerNorm
    private let longest: Int

    /// e.
    public var embeddingWidth: Int { transformer.shape.width }

    /// Sentences encoded at a time; a sentence's bits do not depend on the others.
    private static let batchSize = 32

    /// - Throws: ``InferenceError`` naming the file, field or tensor.
    public init(directory: String) throws(InferenceError) {
        let configuration = try SentenceConfiguration(directory: directory)
        self.directory = directory
        longest = configuration.longest
        tokenizer = try Tokenizer.load(
            directory: directory, contextLength: longest, layout: .transformers, kind: .file(.asIs),
            vocabularySize: configuration.vocabularySize)
        guard !tokenizer.opening.isEmpty || !tokenizer.closing.isEmpty else {
            throw InferenceError(
                .tokenizer,
                "\(directory)/tokenizer.json puts no token before or behind a text, and a BERT's has [CLS] and [SEP] in post_processor; "
                    + "take the tokenizer of the model")
        }
        let file = try Safetensors(path: "\(directory)/model.safetensors")
        let prefix = file["embeddings.word_embeddings.weight"] == nil ? "bert." : ""
        let tensors = TensorReader(file, naming: .bert(prefix: prefix))
        let shape = configuration.transformer
        let width = shape.width
        words = try tensors.floats("token_embedding.weight", [configuration.vocabularySize, width])
        var positions = try tensors.floats("positional_embedding", [configuration.positions, width])
        let type = try tensors.floats("type_embedding", [configuration.types, width])
        positions.removeSubrange((longest * width)...)
        for index in positions.indices { positions[index] += type[index % width] }
        self.positions = positions
        norm = try LayerNorm(tensors.scope("ln_pre"), width: width, epsilon: shape.epsilon)
        transformer = try Transformer(tensors.scope("transformer"), shape)
        try tensors.refuseRest()
    }

    /// What stands before, ids, what stands behind; not filled up, cut where it is too long.
    public func tokens(_ text: String) -> [Int32] {
        let room = longest - tokenizer.opening.count - tokenizer.closing.count
        var ids = tokenizer.opening
        ids.append(contentsOf: tokenizer.encode(text).prefix(room))
        ids.append(contentsOf: tokenizer.closing)
        return ids
    }

    /// `[N, e]`, not normalised.
    ///
    /// - Throws: ``InferenceError/Code/encoderOverflow`` for a sentence whose embedding is not finite.
    public func encode(_ texts: [String]) throws(InferenceError) -> Matrix {
        let width = embeddingWidth
        var embeddings = Matrix(rows: texts.count, columns: width)
        let workspace = TransformerWorkspace(
            transformer.shape, items: Self.batchSize, longest: longest, scratchFloats: transformer.scratchFloats)
        for first in stride(from: 0, to: texts.count, by: Self.batchSize) {
            let batch = texts[first..<min(first + Self.batchSize, texts.count)]
            embed(batch.map(tokens), in: workspace)
            transformer.runPostNorm(in: workspace)
            for (text, item) in zip(batch.indices, workspace.layout.items) {
                for column in 0..<width {
                    var sum = 0.0
                    for row in 0..<item.rows {
                        sum += Double(workspace.stream.base[(item.start + row) * width + column])
                    }
                    embeddings[text, column] = Float(sum / Double(item.rows))
                }
                if let value = embeddings.row(text).firstNotFinite {
                    throw InferenceError(
                        .encoderOverflow,
                        "the sentence encoder of \(directory) overflows on \(Vocabulary.quoted(texts[text])), whose embedding holds "
                            + "\(value); take another copy of the model")
                }
            }
        }
        return embeddings
    }

    /// Lays out the batch and fills the stream with normed embeddings of tokens and places.
    private func embed(_ sentences: [[Int32]], in workspace: TransformerWorkspace) {
        let width = embeddingWidth
        workspace.layout.removeAll()
        for ids in sentences { workspace.layout.append(rows: ids.count, pooled: 0) }
        for (ids, item) in zip(sentences, workspace.layout.items) {
            var row = workspace.stream.base + item.start * width
            for (place, id) in ids.enumerated() {
                for column in 0..<width {
                    row[column] = words[Int(id) * width + column] + positions[place * width + column]
                }
                row += width
            }
        }
        norm.apply(workspace.stream.base, into: workspace.stream.base, rows: workspace.layout.totalRows)
    }
}
