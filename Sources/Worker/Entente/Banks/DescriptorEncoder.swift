import Analyzing
import Inference

/// What descriptors are embedded by: a sentence encoder, or the text side of a CLIP model (docs/descriptors.md §6).
enum DescriptorEncoder {
    case sentences(SentenceEncoder)
    case clip(LoadedModel)

    /// For beside a number.
    var name: String {
        switch self {
        case .sentences(let encoder): "sentence encoder \(encoder.directory)"
        case .clip(let model): "text encoder of \(model.directory.path)"
        }
    }

    /// Tokens of each text and `[N, e]`, not normalised.
    func encode(_ texts: [String]) throws(InferenceError) -> (tokens: [[Int32]], embeddings: Matrix) {
        switch self {
        case .sentences(let encoder): return (texts.map(encoder.tokens), try encoder.encode(texts))
        case .clip(let model):
            let session = try TextSession(model)
            return (session.tokens(texts), try session.encode(texts))
        }
    }
}
