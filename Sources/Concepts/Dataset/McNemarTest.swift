import Foundation

/// Whether two analyses of the same labelled images differ in how many they predict rightly (docs/descriptors.md §3): McNemar's test of
/// those that only one of them does.
public struct McNemarTest: Sendable, Equatable, Encodable {
    /// Images that only the analysis before predicts rightly.
    public let onlyBefore: Int
    /// Images that only the one now does.
    public let onlyNow: Int

    public init(onlyBefore: Int, onlyNow: Int) {
        self.onlyBefore = onlyBefore
        self.onlyNow = onlyNow
    }

    private var count: Int { onlyBefore + onlyNow }

    /// p of the exact test, two-sided: twice the chance of at most the rarer in so many throws of a coin.
    public var exact: Double {
        let rarer = min(onlyBefore, onlyNow)
        guard count > 0, onlyBefore != onlyNow else { return 1 }
        let n = Double(count)
        // From the largest term down, each by its ratio to the one before; what is too small to count ends the sum.
        var term = exp(lgamma(n + 1) - lgamma(Double(rarer) + 1) - lgamma(n - Double(rarer) + 1) - n * log(2))
        var sum = 0.0
        for place in stride(from: rarer, through: 0, by: -1) {
            sum += term
            if term < sum * 1e-18 { break }
            term *= Double(place) / (n - Double(place) + 1)
        }
        return min(1, 2 * sum)
    }

    /// (|b − c| − 1)² / (b + c): the statistic with the correction for continuity; 0 where nothing differs.
    public var chiSquare: Double {
        guard count > 0 else { return 0 }
        let excess = abs(Double(onlyBefore - onlyNow)) - 1
        return excess * excess / Double(count)
    }

    /// p of ``chiSquare``, of one degree of freedom; 1 where nothing differs.
    public var chiSquareP: Double { count > 0 ? erfc((chiSquare / 2).squareRoot()) : 1 }

    private enum CodingKeys: String, CodingKey {
        case onlyBefore = "only_before"
        case onlyNow = "only_now"
        case exact = "exact_p"
        case chiSquare = "chi_square"
        case chiSquareP = "chi_square_p"
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(onlyBefore, forKey: .onlyBefore)
        try container.encode(onlyNow, forKey: .onlyNow)
        try container.encode(exact, forKey: .exact)
        try container.encode(chiSquare, forKey: .chiSquare)
        try container.encode(chiSquareP, forKey: .chiSquareP)
    }
}
