/// What Grafana puts into a query before it sends it: the macros of its PostgreSQL data source and the variables' values.
/// A macro or variable that isn't known here is an error, so that nothing is taken for run that isn't.
public struct Interpolation: Sendable {
    /// SQL expressions of the time range that the dashboard shows.
    public var from: String
    public var to: String
    /// Of a point of a time series.
    public var intervalSeconds: Int
    private var values: [String: String] = [:]

    public init(from: String, to: String, intervalSeconds: Int) {
        self.from = from
        self.to = to
        self.intervalSeconds = intervalSeconds
    }

    public mutating func set(_ variable: DashboardVariable, to chosen: [String]) {
        values[variable.name] = variable.sql(chosen)
    }

    /// - Throws: ``DashboardError``.
    public func callAsFunction(_ sql: String) throws -> String {
        let expanded = sql.replacing(/\$__timeFilter\((\w+)\)/) { "\($0.1) BETWEEN \(from) AND \(to)" }
            // What fills the gaps, if anything, Grafana puts in after the answer.
            .replacing(/\$__timeGroupAlias\((\w+), \$__interval(?:, (?:0|NULL))?\)/) {
                "floor(extract(epoch from \($0.1))/\(intervalSeconds))*\(intervalSeconds) AS \"time\""
            }
            .replacing("$__interval_ms", with: "\(intervalSeconds * 1000)")
        var result = ""
        var rest = expanded[...]
        while let found = rest.firstMatch(of: /\$\{?(\w+)\}?/) {
            guard let value = values[String(found.1)] else {
                throw DashboardError(description: "\(found.0) is no macro or variable that is known here, in: \(sql)")
            }
            result += rest[..<found.range.lowerBound] + value
            rest = rest[found.range.upperBound...]
        }
        return result + rest
    }
}
