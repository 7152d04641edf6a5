/// A head with its numbers as they are before a step, for all lanes to read.
protocol HeadPass: Sendable {
    /// Depends on these pictures and their places alone.
    ///
    /// - Parameter step: what noise is drawn by; nil for none.
    func sums(of examples: [HeadExample], step: Int?) -> HeadSums

    /// Of the mean loss of `count` pictures, `[HeadShape.count]`.
    func gradient(of sums: HeadSums, count: Int) -> [Double]
}
