import Analyzing
import Concepts
import Inference
import Settings

/// What `dense` looks for in pictures, as embeddings.
struct DenseTexts {
    /// As they were given.
    let names: [String]
    /// Which rows of ``embeddings`` are a text's: one, but for several texts that are one target.
    let rows: [Range<Int>]
    /// `[C, e]`, rows of length 1; of anoclip the objects' normal state.
    let embeddings: Matrix
    /// Whether clip-surgery takes the empty text off each, though there are several.
    let areAgainstEmpty: Bool
    /// anoclip alone: the objects' abnormal state, `[C, e]`.
    let abnormal: Matrix?
    /// `[e]`: the empty string under the same prompts, what any text is like.
    let empty: [Float]

    /// - Parameters:
    ///   - templates: each with one `{}`; a single `{}` takes the texts as they are.
    ///   - lanes: threads that encode.
    ///   - areCombined: of clip-surgery, whether "a+b" is two texts that make one target; each is then against the empty one.
    /// - Throws: `InferenceError` if the model has no usable vocabulary; `CommandFailure` if a "+" has nothing beside it.
    init(
        _ names: [String], templates: [String], method: DenseMethod, model: LoadedModel, areCombined: Bool = false,
        areAgainstEmpty: Bool = false, lanes: Int = 1
    ) throws {
        self.names = names
        self.areAgainstEmpty = areAgainstEmpty || areCombined
        let parts = areCombined ? try names.map(Self.parts) : names.map { [$0] }
        var next = 0
        rows = parts.map { parts in
            defer { next += parts.count }
            return next..<next + parts.count
        }
        if method == .anoclip {
            let prompts = names.map(AnomalyPrompts.init)
            embeddings = try Self.states(prompts.map(\.normal), model, lanes)
            abnormal = try Self.states(prompts.map(\.abnormal), model, lanes)
        } else {
            embeddings = try Self.embeddings(of: parts.flatMap { $0 }, templates, model, lanes)
            abnormal = nil
        }
        empty = try Self.embeddings(of: [""], templates, model, lanes).elements
    }

    private static func parts(of name: String) throws(CommandFailure) -> [String] {
        let parts = name.split(separator: "+", omittingEmptySubsequences: false).map(String.init)
        let hasEmpty = parts.contains { $0.allSatisfy(\.isWhitespace) }
        guard parts.count == 1 || !hasEmpty else {
            throw CommandFailure(
                .badInput,
                "The text \(quoted(name)) has nothing on one side of a +; with --combine write a text on each.")
        }
        return parts
    }

    /// Each template's embedding normalised, then averaged, then normalised.
    private static func embeddings(
        of names: [String], _ templates: [String], _ model: LoadedModel, _ lanes: Int
    ) throws -> Matrix {
        let texts = templates.flatMap { template in names.map { template.filled(with: $0) } }
        let encoded = try model.encodeTexts(texts, lanes: lanes)
        return TextSide.classEmbeddings(
            from: templates.indices.map { encoded.rows($0 * names.count..<($0 + 1) * names.count) })
    }

    /// The mean of each object's texts as the encoder gives them, then normalised (docs/dense.md §2.10).
    private static func states(_ texts: [[String]], _ model: LoadedModel, _ lanes: Int) throws -> Matrix {
        let encoded = try model.encodeTexts(texts.flatMap { $0 }, lanes: lanes)
        var first = 0
        let rows = texts.map { texts in
            defer { first += texts.count }
            return (0..<encoded.columns).map { column in
                Float(
                    texts.indices.reduce(0.0) { $0 + Double(encoded[first + $1, column]) } / Double(texts.count))
            }
        }
        return Matrix(rows: rows.count, columns: model.embeddingWidth, elements: rows.flatMap { $0 }).rowsNormalized()
    }
}
