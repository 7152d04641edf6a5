/// A tall system in the least-squares sense, in doubles: Householder's QR, then one-sided Jacobi rotations of the small
/// triangle, which together give the singular values to their last digits.
struct LeastSquares {
    private let columnCount: Int
    /// What Householder's reflections make of a right side of ones; its first `columnCount` values.
    private let reflectedOnes: [Double]
    /// `[column][row]`: the triangle's columns, rotated until they are orthogonal; their lengths are the singular values.
    private let rotated: [[Double]]
    /// `[column][row]`: the product of the rotations.
    private let rotation: [[Double]]
    private let singularValues: [Double]

    var largestSingularValue: Double { singularValues.max() ?? 0 }
    var smallestSingularValue: Double { singularValues.min() ?? 0 }

    /// - Parameter value: of the matrix at a row and a column; asked once for each.
    /// - Complexity: O(rows · columns²).
    init(rows: Int, columns: Int, _ value: (Int, Int) -> Double) {
        precondition(rows >= columns, "\(rows) equations don't determine \(columns) unknowns")
        columnCount = columns
        // Columns one after the other, and the right side behind them.
        var matrix = [Double](repeating: 1, count: rows * (columns + 1))
        for column in 0..<columns {
            for row in 0..<rows { matrix[column * rows + row] = value(row, column) }
        }
        matrix.withUnsafeMutableBufferPointer { Self.triangulate($0, rows: rows, columns: columns) }
        reflectedOnes = (0..<columns).map { matrix[columns * rows + $0] }
        var rotated = (0..<columns).map { column in
            (0..<columns).map { $0 <= column ? matrix[column * rows + $0] : 0 }
        }
        rotation = Self.orthogonalize(&rotated)
        self.rotated = rotated
        singularValues = rotated.map { Self.product($0, $0).squareRoot() }
    }

    /// The shortest of the vectors that come closest, for a right side that is the same in every row.
    func solution(rightSide: Double) -> [Double] {
        var result = [Double](repeating: 0, count: columnCount)
        let threshold = 2 * Double.ulpOfOne * singularValues.reduce(0, +)
        for (index, value) in singularValues.enumerated() where value > threshold {
            let share = rightSide * Self.product(rotated[index], reflectedOnes) / (value * value)
            for row in 0..<columnCount { result[row] += share * rotation[index][row] }
        }
        return result
    }

    /// Reflects column after column onto its first `column + 1` places, and with it all that is to its right.
    private static func triangulate(_ matrix: UnsafeMutableBufferPointer<Double>, rows: Int, columns: Int) {
        for column in 0..<columns {
            let pivot = UnsafeMutableBufferPointer(rebasing: matrix[column * rows + column..<(column + 1) * rows])
            let length = product(pivot, pivot).squareRoot()
            guard length > 0 else { continue }
            let diagonal = pivot[0] > 0 ? -length : length
            pivot[0] -= diagonal
            let square = -diagonal * pivot[0]
            for other in column + 1...columns {
                let target = UnsafeMutableBufferPointer(rebasing: matrix[other * rows + column..<(other + 1) * rows])
                let share = product(pivot, target) / square
                for row in target.indices { target[row] -= share * pivot[row] }
            }
            pivot[0] = diagonal
        }
    }

    /// Rotates pairs of columns until all are orthogonal.
    ///
    /// - Returns: the product of the rotations, as columns.
    private static func orthogonalize(_ columns: inout [[Double]]) -> [[Double]] {
        var rotation = columns.indices.map { column in columns.indices.map { $0 == column ? 1.0 : 0 } }
        // Quadratic convergence; 30 sweeps are several times what five columns are known to need.
        for _ in 0..<30 {
            var isDone = true
            for p in columns.indices {
                for q in columns.indices.dropFirst(p + 1) {
                    let (pp, qq) = (product(columns[p], columns[p]), product(columns[q], columns[q]))
                    let pq = product(columns[p], columns[q])
                    guard pq.magnitude > 2 * Double.ulpOfOne * (pp * qq).squareRoot() else { continue }
                    isDone = false
                    let ratio = (qq - pp) / (2 * pq)
                    let tangent = (ratio < 0 ? -1 : 1) / (ratio.magnitude + (ratio * ratio + 1).squareRoot())
                    let cosine = 1 / (tangent * tangent + 1).squareRoot()
                    rotate(&columns, p, q, cosine, tangent * cosine)
                    rotate(&rotation, p, q, cosine, tangent * cosine)
                }
            }
            if isDone { break }
        }
        return rotation
    }

    private static func rotate(_ columns: inout [[Double]], _ p: Int, _ q: Int, _ cosine: Double, _ sine: Double) {
        for row in columns[p].indices {
            let (a, b) = (columns[p][row], columns[q][row])
            columns[p][row] = cosine * a - sine * b
            columns[q][row] = sine * a + cosine * b
        }
    }

    private static func product(_ a: some Collection<Double>, _ b: some Collection<Double>) -> Double {
        zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    }
}
