/// Cuts one word into tokens.
protocol WordModel: Sendable {
    /// Appends the ids of `word`, which must not be empty.
    func encode(_ word: ArraySlice<Unicode.Scalar>, into ids: inout [Int32])
}
