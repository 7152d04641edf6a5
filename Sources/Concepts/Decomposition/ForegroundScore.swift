import Inference

/// How much each patch belongs to the foreground (docs/method.md §5.1, §5.2). A score of 0 everywhere means that the features tell
/// nothing apart.
enum ForegroundScore {
    /// Entries below this share of the largest are rounding noise.
    static let noise = 1e-9
    /// A second eigenvalue below this share of the first is what rounding to 32 bits leaves of rows that are alike.
    private static let eigenvalueNoise = 1e-12
    /// Patches at least this similar are joined in TokenCut's graph.
    private static let similarity = 0.2
    /// The weight of all its other edges.
    private static let weakEdge = 1e-5

    /// Column 1 of `U` in the thin SVD `F̂ = U Σ Vᵀ`, which is the second eigenvector of the affinity `F̂F̂ᵀ` (GDC),
    /// its sign fixed by ``withFixedSign(_:)``.
    ///
    /// Features without a second direction (all rows alike, a single patch) score 0 everywhere.
    static func svd(_ stack: FeatureStack) -> [Double] {
        let zeros = [Double](repeating: 0, count: stack.rows)
        let rows = FeatureRows(stack, 0..<stack.rows, .unit)
        let byRows = stack.rows <= stack.columns
        let order = min(stack.rows, stack.columns)
        guard order >= 2 else { return zeros }
        let gram =
            byRows
            ? SymmetricEigen.gram(rows.values, rows: stack.rows, columns: stack.columns)
            : SymmetricEigen.gramOfColumns(rows: stack.rows, columns: stack.columns, fill: rows.copy)
        guard let (values, vectors) = SymmetricEigen.largest(2, ofSymmetric: gram, order: order),
            values[1] > values[0] * eigenvalueNoise
        else { return zeros }
        if byRows { return withFixedSign(vectors[1]) }
        let scale = 1 / values[1].squareRoot()
        return withFixedSign(
            PrincipalComponents.projections(
                on: vectors[1], rows: stack.rows, columns: stack.columns, fill: rows.copy
            ).map { $0 * scale })
    }

    /// Scores on the first principal component of the features as they are, centred; sign fixed.
    static func pca(_ stack: FeatureStack) -> [Double] {
        let components = PrincipalComponents(of: FeatureRows(stack, 0..<stack.rows, .raw), count: 1, signs: .right)
        return withFixedSign(components.scores.first ?? .init(repeating: 0, count: stack.rows))
    }

    /// One image's second generalised eigenvector of its graph's Laplacian, `(Deg − W) x = λ Deg x` with
    /// `W = max(0, F̂F̂ᵀ)`; sign fixed.
    static func laplacian(_ rows: FeatureRows) -> [Double] {
        withFixedSign(fiedler(affinity(rows) { max(0, $0) }, order: rows.count))
    }

    /// As ``laplacian(_:)`` for TokenCut's graph, in which patches are either joined or not. The patch of largest
    /// magnitude is the seed: the sign is the one that has it above the mean.
    static func tokencut(_ rows: FeatureRows) -> [Double] {
        let scores = withoutNoise(fiedler(affinity(rows) { $0 > similarity ? 1 : weakEdge }, order: rows.count))
        let mean = scores.reduce(0, +) / Double(max(scores.count, 1))
        return PrincipalComponents.lead(of: scores) > mean ? scores : scores.map { $0 == 0 ? 0 : -$0 }
    }

    /// `[count, count]`, of rows of length 1.
    private static func affinity(_ rows: FeatureRows, _ weight: (Double) -> Double) -> [Double] {
        SymmetricEigen.gram(rows.values, rows: rows.count, columns: rows.columns).map(weight)
    }

    /// The eigenvector of the second smallest eigenvalue; zeros for a graph whose edges all weigh the same.
    private static func fiedler(_ weights: [Double], order: Int) -> [Double] {
        let zeros = [Double](repeating: 0, count: order)
        guard order >= 2, let heaviest = weights.max(), let lightest = weights.min(),
            heaviest - lightest > noise * heaviest
        else { return zeros }
        // With y = Deg^½ x this is the second largest of Deg^-½ W Deg^-½, which is symmetric.
        let scales = (0..<order).map { row in
            let degree = weights[row * order..<(row + 1) * order].reduce(0, +)
            return 1 / (degree < eigenvalueNoise ? 1 : degree).squareRoot()
        }
        var normalized = weights
        for row in 0..<order {
            for column in 0..<order { normalized[row * order + column] *= scales[row] * scales[column] }
        }
        guard let (_, vectors) = SymmetricEigen.largest(2, ofSymmetric: normalized, order: order) else { return zeros }
        return zip(vectors[1], scales).map { $0 * $1 }
    }

    /// Fixes what an eigenvector leaves open, and applies the sign rule: the foreground is the minority sign.
    ///
    /// First the entry of largest magnitude is made positive (of entries within rounding of it, the first), so that
    /// an even split doesn't hang on LAPACK's choice; then, when more than half but not all rows are positive, the
    /// column is negated.
    static func withFixedSign(_ column: [Double]) -> [Double] {
        let lead = PrincipalComponents.lead(of: column)
        guard lead != 0 else { return column }
        var result = withoutNoise(column).map { $0 == 0 ? 0 : (lead < 0 ? -$0 : $0) }
        let positive = result.count { $0 > 0 }
        if positive * 2 > result.count, positive < result.count { result = result.map { $0 == 0 ? 0 : -$0 } }
        return result
    }

    private static func withoutNoise(_ column: [Double]) -> [Double] {
        let smallest = column.reduce(0) { max($0, $1.magnitude) } * noise
        return column.map { $0.magnitude < smallest ? 0 : $0 }
    }
}
