import Foundation

/// How many of `drawn` items, drawn without replacement out of `population`, are among the `marked` ones.
struct Hypergeometric {
    let population: Int
    let marked: Int
    let drawn: Int

    /// Counts that can occur.
    var support: ClosedRange<Int> {
        max(0, drawn + marked - population)...min(drawn, marked)
    }

    func probability(of count: Int) -> Double {
        guard support.contains(count) else { return 0 }
        return exp(
            Self.logChoose(marked, count) + Self.logChoose(population - marked, drawn - count)
                - Self.logChoose(population, drawn))
    }

    /// P(at least `count`), summed from the small terms up.
    func tail(from count: Int) -> Double {
        guard count > support.lowerBound else { return 1 }
        guard count <= support.upperBound else { return 0 }
        return min((count...support.upperBound).reversed().reduce(0.0) { $0 + probability(of: $1) }, 1)
    }

    /// ln of n over k. For a small k the product of k fractions, which keeps digits that differences of log-gammas
    /// of a large n would lose.
    private static func logChoose(_ n: Int, _ k: Int) -> Double {
        let k = min(k, n - k)
        guard k > 64 else {
            return (0..<max(k, 0)).reduce(0.0) { $0 + log(Double(n - $1) / Double($1 + 1)) }
        }
        return lgamma(Double(n + 1)) - lgamma(Double(k + 1)) - lgamma(Double(n - k + 1))
    }
}
