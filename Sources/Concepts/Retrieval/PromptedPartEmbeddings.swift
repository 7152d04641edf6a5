import Inference

/// What the vision encoder said about the prompted pictures of one part.
public struct PromptedPartEmbeddings: Sendable, Equatable {
    public let part: Int
    /// `[3, e]`, in the order of ``PromptedPart/pictures``, not normalised.
    public let embeddings: Matrix
    /// As ``PromptedPart/ellipseFallback``.
    public let ellipseFallback: Bool

    public init(part: Int, embeddings: Matrix, ellipseFallback: Bool) {
        precondition(
            embeddings.rows == Prompting.variants,
            "\(embeddings.rows) embeddings for \(Prompting.variants) prompted pictures")
        self.part = part
        self.embeddings = embeddings
        self.ellipseFallback = ellipseFallback
    }

    /// - Parameter embeddings: `[3, e]`, of `prompted.pictures` in their order.
    public init(_ prompted: PromptedPart, embeddings: Matrix) {
        self.init(part: prompted.part, embeddings: embeddings, ellipseFallback: prompted.ellipseFallback)
    }

    /// Mean of the three embeddings, each brought to length 1; the mean itself is not (METHODS §1.7), `[e]`.
    var mean: [Float] {
        let unit = embeddings.rowsNormalized()
        return (0..<unit.columns).map { column in
            let sum = (0..<unit.rows).reduce(0.0) { $0 + Double(unit[$1, column]) }
            return Float(sum / Double(unit.rows))
        }
    }
}
