/// Tokens that lie off all others, by local outlier factors, and their repair (docs/dense.md §2.8).
struct AnomalyTokens: Sendable {
    var neighbours = 30
    /// The share of tokens taken for anomalous.
    var contamination = 0.05

    /// - Parameter tokens: `[n, d]`.
    /// - Returns: one a token.
    func find(in tokens: Matrix) -> [Bool] {
        let factors = factors(tokens)
        let sorted = factors.sorted()
        let place = (1 - contamination) * Double(sorted.count - 1)
        let below = Int(place)
        let above = min(below + 1, sorted.count - 1)
        let limit = sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
        return factors.map { $0 > limit }
    }

    /// Of each token the squared distance to its k-th neighbour over that of its neighbours, on average. The released code's
    /// reach distance is always the query's own, which leaves this of the local outlier factor.
    private func factors(_ tokens: Matrix) -> [Double] {
        let count = tokens.rows
        let reach = min(neighbours, count - 1)
        guard reach > 0 else { return .init(repeating: 1, count: count) }
        let products = SymmetricEigen.gram(tokens.elements.map(Double.init), rows: count, columns: tokens.columns)
        let nearest = (0..<count).map { token in
            (0..<count).filter { $0 != token }
                .map { other in
                    let square =
                        products[token * count + token] + products[other * count + other]
                        - 2 * products[token * count + other]
                    return (distance: max(square, 0), token: other)
                }
                .sorted { ($0.distance, $0.token) < ($1.distance, $1.token) }.prefix(reach)
        }
        let reaches = nearest.map { $0.last?.distance ?? 0 }
        return (0..<count).map { token in
            nearest[token].reduce(0.0) { sum, near in
                // Tokens that are all alike are no anomalies.
                sum + (reaches[near.token] > 0 ? reaches[token] / reaches[near.token] : 1)
            } / Double(reach)
        }
    }

    /// Each anomalous token becomes the mean of those around it that are not; without any it stays.
    ///
    /// - Parameters:
    ///   - tokens: `[side², d]`.
    ///   - isAnomalous: one a token.
    static func repaired(_ tokens: Matrix, _ isAnomalous: [Bool], side: Int) -> Matrix {
        var result = tokens
        for token in isAnomalous.indices where isAnomalous[token] {
            let sound = around(token, side).filter { !isAnomalous[$0] }
            guard !sound.isEmpty else { continue }
            for column in 0..<tokens.columns {
                result[token, column] = sound.reduce(0) { $0 + tokens[$1, column] } / Float(sound.count)
            }
        }
        return result
    }

    /// The up to eight tokens around one.
    private static func around(_ token: Int, _ side: Int) -> [Int] {
        let (row, column) = (token / side, token % side)
        return (max(row - 1, 0)...min(row + 1, side - 1)).flatMap { y in
            (max(column - 1, 0)...min(column + 1, side - 1)).map { y * side + $0 }
        }.filter { $0 != token }
    }
}
