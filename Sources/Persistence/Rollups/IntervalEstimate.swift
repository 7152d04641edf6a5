/// A figure of a view with the ends of its 95 % interval; nil where there is none.
public struct IntervalEstimate: Sendable, Hashable, Encodable {
    public let value: Double
    public let low: Double?
    public let high: Double?

    /// Three columns from `column` on; nil without a value.
    init?(_ rows: Rows, _ row: Int, from column: Int) throws {
        guard let value = try rows.optionalDouble(row, column) else { return nil }
        self.value = value
        low = try rows.optionalDouble(row, column + 1)
        high = try rows.optionalDouble(row, column + 2)
    }

    /// SQL of a figure and the ends of its interval.
    static func columns(_ name: String) -> String { "\(name), \(name)_low, \(name)_high" }
}

extension IntervalEstimate {
    private init(value: Double, low: Double?, high: Double?) {
        self.value = value
        self.low = low
        self.high = high
    }

    /// Of a difference: the same the other way round.
    public var negated: IntervalEstimate {
        IntervalEstimate(value: -value, low: high.map { -$0 }, high: low.map { -$0 })
    }
}
