import Concepts

extension Analysis.ModelFingerprint {
    /// Of no model that there is.
    public static let example = Analysis.ModelFingerprint(
        weights: String(repeating: "a", count: 64), configuration: String(repeating: "b", count: 64),
        tokenizer: String(repeating: "c", count: 64))
}
