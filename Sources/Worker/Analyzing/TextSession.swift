import Inference
import Threads

/// A model's text side at work, on one lane or several: its tokenizer and its encoder.
package struct TextSession: Sendable {
    private let tokenizer: Tokenizer
    private let encoder: TextTransformer

    /// Different texts encoded together at most; the result does not depend on it.
    private static let batchSize = 128

    /// - Throws: `InferenceError` if the model has no text encoder or no usable vocabulary.
    package init(_ model: LoadedModel) throws(InferenceError) {
        tokenizer = try model.directory.tokenizer()
        guard let text = model.clip.text else { throw model.directory.hasNoText }
        encoder = text
    }

    /// Of each text the token ids, `[context_length]`.
    package func tokens(_ texts: [String]) -> [[Int32]] { texts.map(tokenizer.tokens) }

    /// `[N, e]`, not normalised; no row depends on the others.
    package func encode(_ texts: [String]) throws(InferenceError) -> Matrix {
        try encoder.encode(tokens(texts), of: texts, pooling: tokenizer.pooling, in: makeWorkspace())
    }

    /// The same by several lanes, each of which takes texts that begin alike together.
    ///
    /// - Parameters:
    ///   - onBatch: called before each batch, by its lane; what it throws ends the encoding.
    ///   - onEncoded: hears, from the lane, which texts a batch had, and their rows.
    /// - Throws: `InferenceError` for a text that overflows, and what `onBatch` throws; of several lanes' errors that of the earliest
    ///   batch, when all lanes are done with theirs.
    package func encode(
        _ texts: [String], lanes: Int, onBatch: @escaping @Sendable () throws -> Void = {},
        onEncoded: @escaping @Sendable (_ texts: [Int], _ rows: Matrix) -> Void = { _, _ in }
    ) throws -> Matrix {
        let tokens = tokens(texts)
        let batches = encoder.batches(of: tokens, pooling: tokenizer.pooling, batchSize: Self.batchSize)
        let encoded = try Lanes.map(batches.count, lanes: lanes, memory: makeWorkspace) { workspace, number in
            try onBatch()
            let batch = batches[number]
            let rows = try encoder.encode(
                batch.map { tokens[$0] }, of: batch.map { texts[$0] }, pooling: tokenizer.pooling, in: workspace)
            onEncoded(batch, rows)
            return rows
        }
        var embeddings = Matrix(rows: texts.count, columns: encoder.embeddingWidth)
        for (batch, rows) in zip(batches, encoded) {
            for (place, text) in batch.enumerated() { embeddings.setRow(text, to: rows.row(place)) }
        }
        return embeddings
    }

    @Sendable private func makeWorkspace() -> TextWorkspace { encoder.makeWorkspace(batchSize: Self.batchSize) }
}
