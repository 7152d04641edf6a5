/// What the model says of a picture, against what it said of the whole image (docs/method.md §20.2).
public struct MaskedAnswer: Sendable, Equatable {
    /// 2.5 × cosine with the class that is predicted for the whole image, in billionths; halves away from zero.
    public let score: Int64
    public let predictedClass: Int

    /// - Parameter similarity: the cosine.
    public init(similarity: Float, predictedClass: Int) {
        score = Int64((ConceptRetrieval.rescaling * Double(similarity) * 1e9).rounded(.toNearestOrAwayFromZero))
        self.predictedClass = predictedClass
    }
}
