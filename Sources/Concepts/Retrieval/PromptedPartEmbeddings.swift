import Inference

/// What the vision encoder said about one part: of its prompted pictures, or in a single pass.
public struct PromptedPartEmbeddings: Sendable, Equatable {
    public let part: Int
    /// `[3, e]`, in the order of ``PromptedPart/pictures``, not normalised; `[1, e]` of a single pass, see ``PartPooling``.
    public let embeddings: Matrix
    /// As ``PromptedPart/ellipseFallback``.
    public let ellipseFallback: Bool

    public init(part: Int, embeddings: Matrix, ellipseFallback: Bool) {
        precondition(
            embeddings.rows == MethodParameters.Prompting.variants || embeddings.rows == 1,
            "\(embeddings.rows) embeddings for \(MethodParameters.Prompting.variants) prompted pictures or a single pass"
        )
        self.part = part
        self.embeddings = embeddings
        self.ellipseFallback = ellipseFallback
    }

    /// - Parameter embeddings: `[3, e]`, of `prompted.pictures` in their order.
    public init(_ prompted: PromptedPart, embeddings: Matrix) {
        self.init(part: prompted.part, embeddings: embeddings, ellipseFallback: prompted.ellipseFallback)
    }

    /// Mean of the embeddings, each brought to length 1; the mean itself is not (docs/method.md §8), `[e]`.
    var mean: [Float] {
        let unit = embeddings.rowsNormalized()
        return (0..<unit.columns).map { column in
            let sum = (0..<unit.rows).reduce(0.0) { $0 + Double(unit[$1, column]) }
            return Float(sum / Double(unit.rows))
        }
    }
}
