import Analyzing
import Concepts
import Inference

/// What `dense` looks for in pictures, as embeddings.
struct DenseTexts {
    /// As they were given.
    let names: [String]
    /// `[C, e]`, rows of length 1; of anoclip the objects' normal state.
    let embeddings: Matrix
    /// anoclip alone: the objects' abnormal state, `[C, e]`.
    let abnormal: Matrix?
    /// `[e]`: the empty string under the same prompts, what any text is like.
    let empty: [Float]

    /// - Parameter templates: each with one `{}`; a single `{}` takes the texts as they are.
    /// - Throws: `InferenceError` if the model has no usable vocabulary.
    init(_ names: [String], templates: [String], method: DenseMethod, model: LoadedModel) throws {
        self.names = names
        if method == .anoclip {
            let prompts = names.map(AnomalyPrompts.init)
            embeddings = try Self.states(prompts.map(\.normal), model)
            abnormal = try Self.states(prompts.map(\.abnormal), model)
        } else {
            embeddings = try Self.embeddings(of: names, templates, model)
            abnormal = nil
        }
        empty = try Self.embeddings(of: [""], templates, model).elements
    }

    /// Each template's embedding normalised, then averaged, then normalised.
    private static func embeddings(of names: [String], _ templates: [String], _ model: LoadedModel) throws -> Matrix {
        let texts = templates.flatMap { template in names.map { template.filled(with: $0) } }
        let encoded = try model.encodeTexts(texts).embeddings
        return TextSide.classEmbeddings(
            from: templates.indices.map { encoded.rows($0 * names.count..<($0 + 1) * names.count) })
    }

    /// The mean of each object's texts as the encoder gives them, then normalised (docs/dense.md §2.10).
    private static func states(_ texts: [[String]], _ model: LoadedModel) throws -> Matrix {
        let rows = try texts.map { texts in
            let encoded = try model.encodeTexts(texts).embeddings
            return (0..<encoded.columns).map { column in
                Float((0..<encoded.rows).reduce(0.0) { $0 + Double(encoded[$1, column]) } / Double(encoded.rows))
            }
        }
        return Matrix(rows: rows.count, columns: model.embeddingWidth, elements: rows.flatMap { $0 }).rowsNormalized()
    }
}
