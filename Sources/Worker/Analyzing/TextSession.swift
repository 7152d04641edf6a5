import Inference

/// A model's text side at work: its tokenizer and the encoder's memory, made once for any number of calls.
package final class TextSession {
    private let tokenizer: Tokenizer
    private let encoder: TextTransformer
    private let workspace: TextWorkspace

    /// - Throws: `InferenceError` if the model has no text encoder or no usable vocabulary.
    package init(_ model: LoadedModel, batchSize: Int) throws(InferenceError) {
        tokenizer = try model.directory.tokenizer()
        guard let text = model.clip.text else { throw model.directory.hasNoText }
        encoder = text
        workspace = text.makeWorkspace(batchSize: batchSize)
    }

    /// `[N, e]`, not normalised; no row depends on the others.
    package func encode(_ texts: [String]) throws(InferenceError) -> (tokens: [[Int32]], embeddings: Matrix) {
        let tokens = texts.map(tokenizer.tokens)
        return (tokens, try encoder.encode(tokens, of: texts, pooling: tokenizer.pooling, in: workspace))
    }
}
