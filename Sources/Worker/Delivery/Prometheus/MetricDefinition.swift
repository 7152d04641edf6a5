/// What a metric is, beside its values.
struct MetricDefinition: Sendable, Hashable {
    enum Kind: String, Sendable {
        /// Only grows, from 0 at the start of the process.
        case counter
        case gauge
        /// How many observations were at most each of some bounds, and their sum.
        case histogram
    }

    let name: String
    let kind: Kind
    /// Base unit of the values; nil for plain counts.
    let unit: String?
    /// Names of the labels, in the order in which they are written.
    let labels: [String]
    /// One sentence: what is counted or measured, and when.
    let help: String
    /// Upper bounds of a histogram's buckets, ascending; +Inf is added.
    let buckets: [Double]

    init(
        _ name: String, _ kind: Kind, unit: String? = nil, labels: [String] = [], buckets: [Double] = [], _ help: String
    ) {
        self.name = name
        self.kind = kind
        self.unit = unit
        self.labels = labels
        self.help = help
        self.buckets = buckets
    }

    /// From a millisecond to five minutes, for durations in seconds.
    static let durations = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
    ]
    static let counts: [Double] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]
}
