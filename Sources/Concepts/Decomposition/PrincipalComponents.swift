import Inference

/// Principal component analysis, centred, by an exact eigensolver (docs/method.md §5.1, §7.1).
struct PrincipalComponents {
    /// A component whose variance is below this share of the first one's is what rounding leaves of nothing.
    private static let noise = 1e-12
    /// Of entries within this share of the largest magnitude the first counts as the largest.
    private static let tie = 1e-9

    /// The score of every row on every component, `[components][rows]`; zeros for a component without variance.
    let scores: [[Double]]
    /// Components that have variance.
    let rank: Int

    /// The min(`count`, rows, columns) leading components.
    ///
    /// - Parameter signs: which vector's entry of largest magnitude is made positive; see ``MethodParameters/Parts``.
    init(of rows: FeatureRows, count: Int, signs: MethodParameters.Parts.Signs) {
        let components = min(count, rows.count, rows.columns)
        guard components > 0 else {
            (scores, rank) = ([], 0)
            return
        }
        let (means, square) = Self.moments(of: rows)
        let fill = { (range: Range<Int>, base: UnsafeMutablePointer<Double>) in
            rows.copy(range, to: base)
            for row in 0..<range.count {
                for column in means.indices { base[row * means.count + column] -= means[column] }
            }
        }
        let solved =
            rows.count <= rows.columns
            ? Self.fromRows(rows, components, fill) : Self.fromColumns(rows, components, fill)
        let zeros = [Double](repeating: 0, count: rows.count)
        guard let solved, solved.values[0] > square * Self.noise else {
            (scores, rank) = (Array(repeating: zeros, count: components), 0)
            return
        }
        let isReal = solved.values.map { $0 > solved.values[0] * Self.noise }
        scores = (0..<components).map { component in
            guard isReal[component] else { return zeros }
            let scores = solved.scores[component]
            let lead = signs == .right ? Self.lead(of: solved.right[component]) : Self.lead(of: scores)
            return lead < 0 ? scores.map { -$0 } : scores
        }
        rank = isReal.count { $0 }
    }

    private struct Solution {
        /// Descending.
        let values: [Double]
        let scores: [[Double]]
        /// Right singular vectors, of any length.
        let right: [[Double]]
    }

    /// Column means, and the sum of all squares.
    private static func moments(of rows: FeatureRows) -> (means: [Double], square: Double) {
        var sums = [Double](repeating: 0, count: rows.columns)
        var square = 0.0
        forEachBlock(of: rows.count, columns: rows.columns, fill: rows.copy) { range, values in
            for row in 0..<range.count {
                for column in 0..<rows.columns {
                    let value = values[row * rows.columns + column]
                    sums[column] += value
                    square += value * value
                }
            }
        }
        return (sums.map { $0 / Double(rows.count) }, square)
    }

    /// By the rows' Gram matrix, the smaller one when there are few rows.
    private static func fromRows(
        _ rows: FeatureRows, _ components: Int, _ fill: (Range<Int>, UnsafeMutablePointer<Double>) -> Void
    ) -> Solution? {
        var centred = [Double](repeating: 0, count: rows.count * rows.columns)
        centred.withUnsafeMutableBufferPointer { buffer in
            if let base = buffer.baseAddress { fill(0..<rows.count, base) }
        }
        let gram = SymmetricEigen.gram(centred, rows: rows.count, columns: rows.columns)
        guard let (values, left) = SymmetricEigen.largest(components, ofSymmetric: gram, order: rows.count) else {
            return nil
        }
        let right = left.map { vector in
            var sums = [Double](repeating: 0, count: rows.columns)
            for row in 0..<rows.count {
                for column in 0..<rows.columns { sums[column] += vector[row] * centred[row * rows.columns + column] }
            }
            return sums
        }
        let scores = zip(values, left).map { value, vector in
            let scale = max(value, 0).squareRoot()
            return vector.map { $0 * scale }
        }
        return Solution(values: values, scores: scores, right: right)
    }

    /// By the columns' Gram matrix, a block of rows at a time.
    private static func fromColumns(
        _ rows: FeatureRows, _ components: Int, _ fill: (Range<Int>, UnsafeMutablePointer<Double>) -> Void
    ) -> Solution? {
        let gram = SymmetricEigen.gramOfColumns(rows: rows.count, columns: rows.columns, fill: fill)
        guard let (values, right) = SymmetricEigen.largest(components, ofSymmetric: gram, order: rows.columns) else {
            return nil
        }
        return Solution(
            values: values,
            scores: right.map { projections(on: $0, rows: rows.count, columns: rows.columns, fill: fill) }, right: right
        )
    }

    /// The product of every row with `vector`.
    static func projections(
        on vector: [Double], rows: Int, columns: Int, fill: (Range<Int>, UnsafeMutablePointer<Double>) -> Void
    ) -> [Double] {
        var products = [Double]()
        products.reserveCapacity(rows)
        forEachBlock(of: rows, columns: columns, fill: fill) { range, values in
            for row in 0..<range.count {
                var sum = 0.0
                for column in 0..<columns { sum += values[row * columns + column] * vector[column] }
                products.append(sum)
            }
        }
        return products
    }

    private static func forEachBlock(
        of rows: Int, columns: Int, fill: (Range<Int>, UnsafeMutablePointer<Double>) -> Void,
        _ body: (Range<Int>, UnsafeBufferPointer<Double>) -> Void
    ) {
        let blockRows = min(rows, 512)
        guard blockRows > 0 else { return }
        withUnsafeTemporaryAllocation(of: Double.self, capacity: blockRows * columns) { buffer in
            for start in stride(from: 0, to: rows, by: blockRows) {
                let block = start..<min(start + blockRows, rows)
                if let base = buffer.baseAddress { fill(block, base) }
                body(block, UnsafeBufferPointer(buffer))
            }
        }
    }

    /// The entry of largest magnitude; of several within rounding of each other, the first.
    static func lead(of vector: [Double]) -> Double {
        let largest = vector.reduce(0) { max($0, $1.magnitude) }
        return vector.first { $0.magnitude >= largest * (1 - tie) } ?? 0
    }
}
