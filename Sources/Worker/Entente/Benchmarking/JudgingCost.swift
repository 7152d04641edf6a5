/// What judging explanations costs an image, beside the rest (docs/method.md §20.6).
struct JudgingCost: Encodable {
    /// Passes of the encoder that it asks for at most: 2L a part method and as many a null, one, and three for the foreground.
    let passes: Int
    /// How many of them it took: none for parts that were not there, and one for pictures that were the same.
    let passesTaken: Double
    /// CPU milliseconds, the median, of planning, making pictures, encoding them and adding up.
    let total: Double
    /// ``total`` over as many plain passes as ``passesTaken``.
    let shareOfPlainPasses: Double

    enum CodingKeys: String, CodingKey {
        case passes, total
        case passesTaken = "passes_taken"
        case shareOfPlainPasses = "share_of_plain_passes"
    }
}
