/// How two series of numbers go together, as AUC and accuracy do over models.
public struct Correlation: Sendable, Hashable, Encodable {
    public let count: Int
    /// Of the numbers; nil where either series does not vary.
    public let pearson: Double?
    /// Of their ranks, equals sharing the mean of theirs; nil likewise.
    public let spearman: Double?
    /// How often pairs made at random correlate at least as strongly, in either direction, as these do by rank:
    /// `(1 + such) / (1 + permutations)`; nil where ``spearman`` is.
    public let pValue: Double?

    enum CodingKeys: String, CodingKey {
        case count, pearson, spearman
        case pValue = "p_value"
    }

    /// - Parameters:
    ///   - x, y: as many as each other.
    ///   - permutations: drawn for the p value.
    public init(_ x: [Double], _ y: [Double], permutations: Int = 9999, seed: UInt64 = 0) {
        precondition(x.count == y.count, "\(x.count) numbers against \(y.count)")
        count = x.count
        pearson = Self.coefficient(x, y)
        let first = Self.ranks(x)
        var second = Self.ranks(y)
        let observed = Self.coefficient(first, second)
        spearman = observed
        guard let observed else {
            pValue = nil
            return
        }
        var generator = SplitMix64(seed: seed)
        var reached = 0
        for _ in 0..<permutations {
            for place in second.indices.reversed() {
                second.swapAt(place, generator.next(below: place + 1))
            }
            // Sums of the same ranks in another order may differ in their last bits.
            if abs(Self.coefficient(first, second) ?? 0) >= abs(observed) - 1e-12 { reached += 1 }
        }
        pValue = Double(1 + reached) / Double(1 + permutations)
    }

    private static func coefficient(_ x: [Double], _ y: [Double]) -> Double? {
        let (meanX, meanY) = (x.reduce(0, +) / Double(x.count), y.reduce(0, +) / Double(y.count))
        let (deviationsX, deviationsY) = (x.map { $0 - meanX }, y.map { $0 - meanY })
        func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        let scale = (product(deviationsX, deviationsX) * product(deviationsY, deviationsY)).squareRoot()
        return scale > 0 ? product(deviationsX, deviationsY) / scale : nil
    }

    /// From 1; equals share the mean of their ranks.
    static func ranks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start
            while end + 1 < order.count, values[order[end + 1]] == values[order[start]] { end += 1 }
            for place in start...end { ranks[order[place]] = Double(start + end) / 2 + 1 }
            start = end + 1
        }
        return ranks
    }
}
