import Inference

/// SpLiCE: an image as a sparse, non-negative sum of descriptors (docs/rivals.md §6).
public struct SparseDecomposition: Sendable {
    /// `[D, e]`: bare descriptors, less their mean, rows of length 1; zeros where nothing is left.
    private let dictionary: DoubleMatrix
    /// μ, `[e]`: the mean of image embeddings.
    private let mean: [Double]
    private let penalty: Double

    /// What comes of one image.
    public struct Result: Sendable, Equatable {
        /// `[D]`, 0 or more.
        public let weights: [Double]
        /// Of what they add up to, the mean put back, and the image.
        public let cosine: Double

        /// Descriptors with a weight, heaviest first.
        public var descriptors: [Int] { Ranking.top(weights.count, of: weights).filter { weights[$0] > 0 } }
    }

    private static let tolerance = 1e-10
    private static let sweeps = 10_000

    /// - Parameters:
    ///   - descriptors: `[D, e]`, bare.
    ///   - images: `[N, e]`, whose mean is taken away from each; at least one.
    ///   - penalty: λ, on the sum of the weights.
    public init(descriptors: Matrix, images: Matrix, penalty: Double) {
        precondition(images.rows > 0, "a mean of no images")
        let texts = DoubleMatrix(descriptors.rowsNormalized())
        let centre = Self.mean(texts)
        dictionary = DoubleMatrix(
            rows: texts.rows, columns: texts.columns,
            elements: (0..<texts.rows).flatMap { Self.unit(zip(texts.row($0), centre).map { $0 - $1 }) })
        // Of the same numbers as an image's own, or what is left of a single one would be rounding.
        mean = Self.mean(
            DoubleMatrix(
                rows: images.rows, columns: images.columns,
                elements: (0..<images.rows).flatMap { Self.unit(images.row($0).map(Double.init)) }))
        self.penalty = penalty
    }

    /// - Parameter image: `[e]`, not normalised.
    public func callAsFunction(_ image: [Float]) -> Result {
        let image = Self.unit(image.map(Double.init))
        let weights = weights(of: Self.unit(zip(image, mean).map { $0 - $1 }))
        let cosine = zip(recomposed(weights), image).reduce(0.0) { $0 + $1.0 * $1.1 }
        return Result(weights: weights, cosine: cosine)
    }

    /// What the descriptors add up to, the mean put back, `[e]`, of length 1; without those left out, and nothing is fitted anew.
    public func recomposed(_ weights: [Double], without removed: Set<Int> = []) -> [Double] {
        var sum = [Double](repeating: 0, count: mean.count)
        for (index, weight) in weights.enumerated() where weight > 0 && !removed.contains(index) {
            for (column, value) in dictionary.row(index).enumerated() { sum[column] += weight * value }
        }
        return Self.unit(zip(Self.unit(sum), mean).map { $0 + $1 })
    }

    /// Minimises ‖wC − z‖² + λ Σw over w ≥ 0, a coordinate at a time: all of them, then those with a weight until they rest, and again.
    private func weights(of target: [Double]) -> [Double] {
        let squares = (0..<dictionary.rows).map { dictionary.row($0).reduce(0.0) { $0 + $1 * $1 } }
        var weights = [Double](repeating: 0, count: dictionary.rows)
        var rest = target
        /// How far the weights moved at most.
        func sweep(_ indexes: some Sequence<Int>) -> Double {
            var furthest = 0.0
            for index in indexes where squares[index] > 0 {
                let row = dictionary.row(index)
                let pull = zip(row, rest).reduce(0.0) { $0 + $1.0 * $1.1 } - penalty / 2
                let moved = max(0, weights[index] + pull / squares[index])
                let step = moved - weights[index]
                guard step != 0 else { continue }
                for (column, value) in row.enumerated() { rest[column] -= step * value }
                weights[index] = moved
                furthest = max(furthest, abs(step))
            }
            return furthest
        }
        for _ in 0..<Self.sweeps {
            if sweep(weights.indices) < Self.tolerance { break }
            let active = weights.indices.filter { weights[$0] > 0 }
            for _ in 0..<Self.sweeps where sweep(active) < Self.tolerance { break }
        }
        return weights
    }

    private static func mean(_ rows: DoubleMatrix) -> [Double] {
        var sum = [Double](repeating: 0, count: rows.columns)
        for row in 0..<rows.rows {
            for (column, value) in rows.row(row).enumerated() { sum[column] += value }
        }
        return sum.map { $0 / Double(max(rows.rows, 1)) }
    }

    /// Of length 1; zeros stay zeros, and so does what rounding alone keeps from being zeros.
    private static func unit(_ values: [Double]) -> [Double] {
        let square = values.reduce(0.0) { $0 + $1 * $1 }
        guard square > 1e-24 else { return values.map { _ in 0 } }
        return values.map { $0 / square.squareRoot() }
    }
}
