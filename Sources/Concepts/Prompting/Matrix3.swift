/// A 3×3 matrix of doubles, by rows: as much linear algebra as an ellipse fit needs.
struct Matrix3 {
    var rows: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>)

    init(_ first: SIMD3<Double>, _ second: SIMD3<Double>, _ third: SIMD3<Double>) {
        rows = (first, second, third)
    }

    static let zero = Matrix3(.zero, .zero, .zero)
    static let identity = Matrix3(SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1))

    subscript(row: Int, column: Int) -> Double {
        get { row == 0 ? rows.0[column] : row == 1 ? rows.1[column] : rows.2[column] }
        set {
            switch row {
            case 0: rows.0[column] = newValue
            case 1: rows.1[column] = newValue
            default: rows.2[column] = newValue
            }
        }
    }

    var trace: Double { rows.0.x + rows.1.y + rows.2.z }

    var transposed: Matrix3 {
        Matrix3(
            SIMD3(rows.0.x, rows.1.x, rows.2.x), SIMD3(rows.0.y, rows.1.y, rows.2.y),
            SIMD3(rows.0.z, rows.1.z, rows.2.z))
    }

    var symmetrized: Matrix3 {
        let other = transposed
        return Matrix3(
            (rows.0 + other.rows.0) / 2, (rows.1 + other.rows.1) / 2, (rows.2 + other.rows.2) / 2)
    }

    static func * (a: Matrix3, v: SIMD3<Double>) -> SIMD3<Double> {
        SIMD3((a.rows.0 * v).sum(), (a.rows.1 * v).sum(), (a.rows.2 * v).sum())
    }

    static func * (a: Matrix3, b: Matrix3) -> Matrix3 {
        let columns = b.transposed
        return Matrix3(a * columns.rows.0, a * columns.rows.1, a * columns.rows.2).transposed
    }

    static func - (a: Matrix3, b: Matrix3) -> Matrix3 {
        Matrix3(a.rows.0 - b.rows.0, a.rows.1 - b.rows.1, a.rows.2 - b.rows.2)
    }

    mutating func addOuterProduct(_ a: SIMD3<Double>, _ b: SIMD3<Double>) {
        rows.0 += a.x * b
        rows.1 += a.y * b
        rows.2 += a.z * b
    }

    func addingToDiagonal(_ value: Double) -> Matrix3 {
        Matrix3(
            rows.0 + SIMD3(value, 0, 0), rows.1 + SIMD3(0, value, 0), rows.2 + SIMD3(0, 0, value))
    }

    /// By cofactors; nil when the matrix is singular to about 12 digits.
    func inverse() -> Matrix3? {
        func cofactor(_ r: Int, _ c: Int) -> Double {
            let (i, j, k, l) = ((r + 1) % 3, (r + 2) % 3, (c + 1) % 3, (c + 2) % 3)
            return self[i, k] * self[j, l] - self[i, l] * self[j, k]
        }
        let cofactors = Matrix3(
            SIMD3(cofactor(0, 0), cofactor(0, 1), cofactor(0, 2)),
            SIMD3(cofactor(1, 0), cofactor(1, 1), cofactor(1, 2)),
            SIMD3(cofactor(2, 0), cofactor(2, 1), cofactor(2, 2)))
        let determinant = (rows.0 * cofactors.rows.0).sum()
        // Hadamard's bound gives the determinant its scale.
        let bound = [rows.0, rows.1, rows.2].reduce(1.0) { $0 * ($1 * $1).sum().squareRoot() }
        guard determinant.isFinite, determinant.magnitude > 1e-12 * bound else { return nil }
        let adjugate = cofactors.transposed
        return Matrix3(
            adjugate.rows.0 / determinant, adjugate.rows.1 / determinant, adjugate.rows.2 / determinant)
    }

    /// The lower triangle L with L·Lᵀ = self; nil unless self is positive definite.
    func cholesky() -> Matrix3? {
        var root = Matrix3.zero
        for row in 0..<3 {
            for column in 0...row {
                var value = self[row, column]
                for k in 0..<column { value -= root[row, k] * root[column, k] }
                if row == column {
                    guard value > 0 else { return nil }
                    root[row, row] = value.squareRoot()
                } else {
                    root[row, column] = value / root[column, column]
                }
            }
        }
        return root
    }

    /// Unit eigenvector of the largest eigenvalue of a symmetric matrix, by Jacobi rotations.
    func leadingEigenvector() -> SIMD3<Double> {
        var matrix = self
        var vectors = Matrix3.identity
        // Quadratic convergence: 8 sweeps are twice what a 3×3 matrix is known to need.
        for _ in 0..<8 {
            for (p, q) in [(0, 1), (0, 2), (1, 2)] where matrix[p, q] != 0 {
                let theta = (matrix[q, q] - matrix[p, p]) / (2 * matrix[p, q])
                let tangent = (theta < 0 ? -1 : 1) / (theta.magnitude + (theta * theta + 1).squareRoot())
                let cosine = 1 / (tangent * tangent + 1).squareRoot()
                var rotation = Matrix3.identity
                rotation[p, p] = cosine
                rotation[q, q] = cosine
                rotation[p, q] = tangent * cosine
                rotation[q, p] = -tangent * cosine
                matrix = (rotation.transposed * matrix * rotation).symmetrized
                vectors = vectors * rotation
            }
        }
        let lead = Ranking.top(1, of: [matrix[0, 0], matrix[1, 1], matrix[2, 2]])[0]
        return SIMD3(vectors[0, lead], vectors[1, lead], vectors[2, lead])
    }
}
