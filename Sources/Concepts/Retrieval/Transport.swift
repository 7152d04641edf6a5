import Foundation

/// Entropic optimal transport between parts and candidate descriptors, by Sinkhorn's iteration (docs/method.md §9.3).
struct Transport {
    /// Converged when no entry of the plan moves by this much.
    static let tolerance = 1e-12
    /// Beyond this range exponentials of the scores leave the doubles, and the iteration runs on logarithms.
    private static let widestExponent = 200.0
    /// Where an absurdly small λ would make exponents infinite.
    private static let lowestExponent = -1e12

    let lambda: Double
    let iterations: Int

    /// Rows, then columns, of `exp(scores/λ)` divided by their sums, over and over. In the end columns sum to 1 and
    /// rows to columns / rows. A single row is divided by its sum once: scaling its columns would level it.
    ///
    /// - Parameter scores: `[rows, columns]` row-major, finite.
    /// - Returns: the plan, same shape.
    func plan(scores: [Double], rows: Int, columns: Int) -> [Double] {
        precondition(scores.count == rows * columns, "\(scores.count) scores for \(rows)×\(columns)")
        guard rows > 0, columns > 0 else { return [] }
        var widest = 0.0
        var exponents = scores
        for row in 0..<rows {
            let range = row * columns..<(row + 1) * columns
            let (lowest, highest) = (scores[range].min() ?? 0, scores[range].max() ?? 0)
            widest = max(widest, (highest - lowest) / lambda)
            // Rows may be scaled freely, since dividing them by their sums is the first thing that happens.
            for index in range { exponents[index] = max((scores[index] - highest) / lambda, Self.lowestExponent) }
        }
        return widest <= Self.widestExponent
            ? direct(exponents.map { exp($0) }, rows, columns) : logarithmic(exponents, rows, columns)
    }

    private func direct(_ kernel: [Double], _ rows: Int, _ columns: Int) -> [Double] {
        var plan = kernel
        var columnSums = [Double](repeating: 0, count: columns)
        var rowFactors = [Double](repeating: 0, count: rows)
        for _ in 0..<iterations {
            for column in 0..<columns { columnSums[column] = 0 }
            for row in 0..<rows {
                let base = row * columns
                var sum = 0.0
                for column in 0..<columns { sum += plan[base + column] }
                rowFactors[row] = 1 / sum
                for column in 0..<columns { columnSums[column] += plan[base + column] * rowFactors[row] }
            }
            guard rows > 1 else { return plan.map { $0 * rowFactors[0] } }
            for column in 0..<columns { columnSums[column] = 1 / columnSums[column] }
            var largestMove = 0.0
            for row in 0..<rows {
                let base = row * columns
                for column in 0..<columns {
                    let next = plan[base + column] * rowFactors[row] * columnSums[column]
                    largestMove = max(largestMove, (next - plan[base + column]).magnitude)
                    plan[base + column] = next
                }
            }
            if largestMove < Self.tolerance { break }
        }
        return plan
    }

    /// The same on logarithms, where sums are log-sum-exps: slower, but nothing underflows.
    private func logarithmic(_ exponents: [Double], _ rows: Int, _ columns: Int) -> [Double] {
        func logSum(_ count: Int, _ value: (Int) -> Double) -> Double {
            let highest = (0..<count).reduce(-Double.infinity) { max($0, value($1)) }
            return highest + log((0..<count).reduce(0.0) { $0 + exp(value($1) - highest) })
        }
        var logs = exponents
        var plan = exponents.map { exp($0) }
        for _ in 0..<iterations {
            for row in 0..<rows {
                let sum = logSum(columns) { logs[row * columns + $0] }
                for column in 0..<columns { logs[row * columns + column] -= sum }
            }
            guard rows > 1 else { return logs.map { exp($0) } }
            for column in 0..<columns {
                let sum = logSum(rows) { logs[$0 * columns + column] }
                for row in 0..<rows { logs[row * columns + column] -= sum }
            }
            let next = logs.map { exp($0) }
            let largestMove = zip(plan, next).reduce(0.0) { max($0, ($1.0 - $1.1).magnitude) }
            plan = next
            if largestMove < Self.tolerance { break }
        }
        return plan
    }
}
