import Foundation
import Inference

/// The maps from logits to shares and presences, with nothing that overflows.
enum Softmax {
    static func sigmoid(_ x: Double) -> Double {
        // Of a large negative x the exponential is 0 at worst.
        x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x))
    }

    /// ln(1 + eˣ).
    static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

    /// Of one vector.
    static func shares(_ logits: some Collection<Double>) -> [Double] {
        let highest = logits.max() ?? 0
        let powers = logits.map { exp($0 - highest) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }

    /// ln of ``shares(_:)``, with nothing that underflows.
    static func logarithms(_ logits: some Collection<Double>) -> [Double] {
        let highest = logits.max() ?? 0
        let sum = log(logits.reduce(0.0) { $0 + exp($1 - highest) })
        return logits.map { $0 - highest - sum }
    }

    /// Each row of `[D, n]` on its own.
    static func overColumns(_ logits: DoubleMatrix) -> DoubleMatrix {
        DoubleMatrix(
            rows: logits.rows, columns: logits.columns,
            elements: (0..<logits.rows).flatMap { shares(logits.row($0)) })
    }

    /// Each column of `[D, n]` on its own.
    static func overRows(_ logits: DoubleMatrix) -> DoubleMatrix {
        var result = logits
        result.withUnsafeMutableElements { elements in
            let (rows, columns) = (logits.rows, logits.columns)
            for column in 0..<columns {
                var highest = -Double.infinity
                for row in 0..<rows { highest = max(highest, elements[row * columns + column]) }
                var sum = 0.0
                for row in 0..<rows {
                    let power = exp(elements[row * columns + column] - highest)
                    elements[row * columns + column] = power
                    sum += power
                }
                for row in 0..<rows { elements[row * columns + column] /= sum }
            }
        }
        return result
    }

    /// Of each column of `[D, n]` the row of its largest value, of equals the first.
    static func highestRows(_ logits: DoubleMatrix) -> [Int] {
        (0..<logits.columns).map { column in
            var best = 0
            for row in 0..<logits.rows where logits[row, column] > logits[best, column] { best = row }
            return best
        }
    }
}
