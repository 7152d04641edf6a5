/// Where the images of an analysis stand; the last three are disjoint and add up to the first.
public struct AnalysisProgress: Sendable, Hashable, Encodable {
    public let expected: Int
    /// With a result, whatever failed before or after.
    public let done: Int
    /// With a failure and no result.
    public let failed: Int
    public let pending: Int

    public init(expected: Int, done: Int, failed: Int, pending: Int) {
        self.expected = expected
        self.done = done
        self.failed = failed
        self.pending = pending
    }

    init(_ rows: Rows, _ row: Int, from column: Int) throws {
        self.init(
            expected: Int(try rows.bigint(row, column)), done: Int(try rows.bigint(row, column + 1)),
            failed: Int(try rows.bigint(row, column + 2)), pending: Int(try rows.bigint(row, column + 3)))
    }
}
