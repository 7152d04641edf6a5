extension Ellipse {
    /// Fewer contour points than this determine no conic (docs/method.md §8.3).
    static let fewestPoints = 5

    /// The ellipse that minimises the sum of squared algebraic distances to `points` under `4ac − b² = 1`:
    /// Fitzgibbon, Pilu and Fisher's direct fit with Halir and Flusser's block elimination.
    ///
    /// - Returns: nil when the points determine no ellipse: fewer than five of them, or all on a line.
    static func fitted(to points: [(x: Int, y: Int)]) -> Ellipse? {
        guard points.count >= fewestPoints else { return nil }
        let count = Double(points.count)
        let meanX = points.reduce(0.0) { $0 + Double($1.x) } / count
        let meanY = points.reduce(0.0) { $0 + Double($1.y) } / count
        let spread =
            points.reduce(0.0) { $0 + (Double($1.x) - meanX).magnitude + (Double($1.y) - meanY).magnitude }
            / (2 * count)
        guard spread > 0 else { return nil }

        // Scatter of the quadratic part (x², xy, y²), of the linear part (x, y, 1) and of one with the other.
        var quadratic = Matrix3.zero
        var linear = Matrix3.zero
        var mixed = Matrix3.zero
        for point in points {
            let (x, y) = ((Double(point.x) - meanX) / spread, (Double(point.y) - meanY) / spread)
            let (q, l) = (SIMD3(x * x, x * y, y * y), SIMD3(x, y, 1))
            quadratic.addOuterProduct(q, q)
            mixed.addOuterProduct(q, l)
            linear.addOuterProduct(l, l)
        }
        guard let inverse = linear.inverse() else { return nil }
        // For given (a, b, c) the best (d, e, f) is -linear⁻¹·mixedᵀ·(a, b, c); what is left to minimise is
        // vᵀ·reduced·v under vᵀ·constraint·v = 1.
        let elimination = inverse * mixed.transposed
        let reduced = (quadratic - mixed * elimination).symmetrized
        let constraint = Matrix3(SIMD3(0, 0, 2), SIMD3(0, -1, 0), SIMD3(2, 0, 0))
        // With reduced = L·Lᵀ this is an ordinary symmetric problem, L⁻¹·constraint·L⁻ᵀ, which has exactly one
        // positive eigenvalue because the constraint has. The ridge lets points that lie on a conic pass.
        guard let root = reduced.addingToDiagonal(1e-13 * reduced.trace).cholesky(),
            let rootInverse = root.inverse()
        else { return nil }
        let whitened = (rootInverse * constraint * rootInverse.transposed).symmetrized
        let v = rootInverse.transposed * whitened.leadingEigenvector()
        let w = -(elimination * v)

        let (a, b, c) = (v.x, v.y, v.z)
        let discriminant = 4 * a * c - b * b
        guard discriminant > 0, discriminant.isFinite else { return nil }
        let (x, y) = ((b * w.y - 2 * c * w.x) / discriminant, (b * w.x - 2 * a * w.y) / discriminant)
        // Around its centre the conic is a·dx² + b·dx·dy + c·dy² = -value.
        let value = w.z + (w.x * x + w.y * y) / 2
        guard value != 0 else { return nil }
        let scale = -1 / value
        let ellipse = Ellipse(
            centerX: meanX + spread * x, centerY: meanY + spread * y, xx: a * scale, xy: b / 2 * scale,
            yy: c * scale, semiAxis: { spread / $0.squareRoot() })
        return ellipse.isDrawable ? ellipse : nil
    }

    /// The ellipse with the pixels' centre and second moments, full axes `4·√λ` but at least one pixel
    /// (docs/method.md §8.3): what stands in for a fit that the contour doesn't allow.
    static func ofMoments(_ pixels: [(x: Int, y: Int)]) -> Ellipse {
        let count = Double(max(pixels.count, 1))
        let x = pixels.reduce(0.0) { $0 + Double($1.x) } / count
        let y = pixels.reduce(0.0) { $0 + Double($1.y) } / count
        var (xx, xy, yy) = (0.0, 0.0, 0.0)
        for pixel in pixels {
            let (dx, dy) = (Double(pixel.x) - x, Double(pixel.y) - y)
            xx += dx * dx / count
            xy += dx * dy / count
            yy += dy * dy / count
        }
        return Ellipse(
            centerX: x, centerY: y, xx: xx, xy: xy, yy: yy, semiAxis: { max(2 * max($0, 0).squareRoot(), 0.5) })
    }
}
