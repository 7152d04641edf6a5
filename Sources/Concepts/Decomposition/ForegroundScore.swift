import Inference

/// How much each patch belongs to the foreground (METHODS §1.3).
enum ForegroundScore {
    /// Entries below this share of the largest are rounding noise.
    private static let noise = 1e-9
    /// A second eigenvalue below this share of the first is what rounding to 32 bits leaves of rows that are alike.
    private static let eigenvalueNoise = 1e-12

    /// Column 1 of `U` in the thin SVD `F̂ = U Σ Vᵀ`, which is the second eigenvector of the affinity `F̂F̂ᵀ` (GDC),
    /// its sign settled by ``settled(_:)``.
    ///
    /// Features without a second direction (all rows alike, a single patch) score 0 everywhere.
    static func svd(_ stack: FeatureStack) -> [Double] {
        let zeros = [Double](repeating: 0, count: stack.rows)
        let byRows = stack.rows <= stack.columns
        let order = min(stack.rows, stack.columns)
        guard order >= 2 else { return zeros }
        let gram = SymmetricEigen.gram(
            stack.values, rows: stack.rows, columns: stack.columns, ofColumns: !byRows)
        guard let (values, vectors) = SymmetricEigen.largest(2, ofSymmetric: gram, order: order),
            values[1] > values[0] * eigenvalueNoise
        else { return zeros }
        if byRows { return settled(vectors[1]) }
        let scale = 1 / values[1].squareRoot()
        return settled(
            (0..<stack.rows).map { row in
                var sum = 0.0
                for column in 0..<stack.columns {
                    sum += stack.values[row * stack.columns + column] * vectors[1][column]
                }
                return sum * scale
            })
    }

    /// Fixes what an eigenvector leaves open, and applies the sign rule: the foreground is the minority sign.
    ///
    /// First the entry of largest magnitude is made positive (of entries within rounding of it, the first), so that
    /// an even split doesn't hang on LAPACK's choice; then, when more than half but not all rows are positive, the
    /// column is negated.
    static func settled(_ column: [Double]) -> [Double] {
        let largest = column.reduce(0) { max($0, $1.magnitude) }
        guard let lead = column.first(where: { $0.magnitude >= largest * (1 - noise) }), largest > 0 else {
            return column
        }
        var result = column.map { $0.magnitude < largest * noise ? 0 : (lead < 0 ? -$0 : $0) }
        let positive = result.count { $0 > 0 }
        if positive * 2 > result.count, positive < result.count { result = result.map { $0 == 0 ? 0 : -$0 } }
        return result
    }
}
