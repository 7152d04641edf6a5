import Foundation

extension RotatedBox {
    /// The ellipse that `cv2.fitEllipse` of OpenCV 4.12 fits to a contour (docs/method.md §8.3): a least-squares
    /// conic for the centre, then a second one about that centre for axes and angle; through exactly five points, the
    /// direct fit.
    ///
    /// What OpenCV takes from points that it moves at random (singular ones, such as a line one pixel thick) has no
    /// counterpart.
    ///
    /// - Returns: nil for fewer than five points, and where the conic's singular values are further apart than a
    ///   32-bit float's digits.
    static func fitted(to points: [(x: Int, y: Int)]) -> RotatedBox? {
        guard points.count >= Ellipse.fewestPoints else { return nil }
        if points.count == Ellipse.fewestPoints { return Ellipse.fitted(to: points).map(RotatedBox.init) }

        // Sums of pixel coordinates are exact in a float; the quotients and differences are not, and are part of the result.
        let count = Float(points.count)
        let centroid = points.reduce(SIMD2<Float>.zero) { $0 + SIMD2(Float($1.x), Float($1.y)) } / count
        let offsets = points.map { SIMD2<Double>(SIMD2(Float($0.x), Float($0.y)) - centroid) }
        let spread = offsets.reduce(0.0) { $0 + $1.x.magnitude + $1.y.magnitude }
        guard spread > 0 else { return nil }
        let scale = 100 / spread
        let scaled = offsets.map { $0 * scale }

        let general = LeastSquares(rows: scaled.count, columns: 5) { row, column in
            let p = scaled[row]
            return switch column {
            case 0: -p.x * p.x
            case 1: -p.y * p.y
            case 2: -p.x * p.y
            case 3: p.x
            default: p.y
            }
        }
        guard general.smallestSingularValue >= Double(Float.ulpOfOne) * general.largestSingularValue else { return nil }
        let conic = general.solution(rightSide: 1e4)
        let center = stationaryPoint(conic)

        let centered = LeastSquares(rows: scaled.count, columns: 3) { row, column in
            let p = scaled[row] - center
            return switch column {
            case 0: p.x * p.x
            case 1: p.y * p.y
            default: p.x * p.y
            }
        }
        let form = centered.solution(rightSide: 1)
        let (sum, difference, mixed) = (form[0] + form[1], form[1] - form[0], form[2])
        let angle = -0.5 * atan2(mixed, difference)
        let split = mixed.magnitude > negligible ? mixed / sin(-2 * angle) : difference
        let (first, second) = (semiAxis(sum - split), semiAxis(sum + split))

        var box = RotatedBox(
            centerX: Float(center.x / scale) + centroid.x, centerY: Float(center.y / scale) + centroid.y,
            width: Float(first * 2 / scale), height: Float(second * 2 / scale), angle: 0)
        // The first axis is the longer one, but for an ellipse that stands upright and one without width. To both OpenCV
        // gives the angle 0, and the second loses its own by it.
        if box.width > box.height {
            swap(&box.width, &box.height)
            box.angle = Float(90 + angle * 180 / .pi)
        }
        return box
    }

    /// Below it an eigenvalue counts as none.
    private static let negligible = 1e-8

    /// Half an axis for twice the form's eigenvalue; of one that counts as none, the value itself.
    private static func semiAxis(_ value: Double) -> Double {
        value.magnitude > negligible ? (2 / value.magnitude).squareRoot() : value.magnitude
    }

    /// Where the gradient of `a·x² + b·y² + c·x·y − d·x − e·y` vanishes; of a whole line of such points (a band two pixels
    /// thick), the one nearest to the origin.
    private static func stationaryPoint(_ conic: [Double]) -> SIMD2<Double> {
        let (a, b, c) = (2 * conic[0], 2 * conic[1], conic[2])
        let gradient = SIMD2(conic[3], conic[4])
        let determinant = a * b - c * c
        let square = a * a + b * b + 2 * c * c
        // The smaller singular value over the larger is about |determinant| / square.
        if determinant.magnitude > 1e-13 * square {
            return SIMD2(b * gradient.x - c * gradient.y, a * gradient.y - c * gradient.x) / determinant
        }
        guard square > 0 else { return .zero }
        return SIMD2(a * gradient.x + c * gradient.y, c * gradient.x + b * gradient.y) / square
    }
}
