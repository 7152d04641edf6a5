/// An ellipse in picture coordinates: x to the right, y downwards, pixel centres at integers.
public struct Ellipse: Sendable, Equatable {
    public let centerX: Double
    public let centerY: Double
    /// Half the axis lengths in pixels, the longer one first.
    public let semiMajor: Double
    public let semiMinor: Double
    /// Unit vector along the longer axis.
    public let directionX: Double
    public let directionY: Double

    public init(
        centerX: Double, centerY: Double, semiMajor: Double, semiMinor: Double, directionX: Double,
        directionY: Double
    ) {
        self.centerX = centerX
        self.centerY = centerY
        self.semiMajor = semiMajor
        self.semiMinor = semiMinor
        self.directionX = directionX
        self.directionY = directionY
    }

    /// The ellipse whose axes are the eigenvectors of the symmetric matrix `[[xx, xy], [xy, yy]]`.
    ///
    /// - Parameter semiAxis: half an axis length for an eigenvalue.
    init(
        centerX: Double, centerY: Double, xx: Double, xy: Double, yy: Double, semiAxis: (Double) -> Double
    ) {
        let middle = (xx + yy) / 2
        let (halfDifference, offDiagonal) = ((xx - yy) / 2, xy)
        let radius = (halfDifference * halfDifference + offDiagonal * offDiagonal).squareRoot()
        // The eigenvector of middle + radius, from whichever of its two forms doesn't cancel.
        var (x, y) =
            halfDifference >= 0
            ? (radius + halfDifference, offDiagonal) : (offDiagonal, radius - halfDifference)
        let length = (x * x + y * y).squareRoot()
        (x, y) = length > 0 ? (x / length, y / length) : (1, 0)
        let (upper, lower) = (semiAxis(middle + radius), semiAxis(middle - radius))
        if upper >= lower {
            self.init(
                centerX: centerX, centerY: centerY, semiMajor: upper, semiMinor: lower, directionX: x, directionY: y)
        } else {
            self.init(
                centerX: centerX, centerY: centerY, semiMajor: lower, semiMinor: upper, directionX: -y, directionY: x)
        }
    }

    /// Coefficients of the quadratic form that is 1 on the outline: `xx·dx² + 2·xy·dx·dy + yy·dy²`.
    var form: (xx: Double, xy: Double, yy: Double) {
        let (major, minor) = (1 / (semiMajor * semiMajor), 1 / (semiMinor * semiMinor))
        return (
            directionX * directionX * major + directionY * directionY * minor,
            directionX * directionY * (major - minor),
            directionY * directionY * major + directionX * directionX * minor
        )
    }

    var isDrawable: Bool {
        [centerX, centerY, semiMajor, semiMinor, directionX, directionY].allSatisfy(\.isFinite) && semiMinor > 0
    }
}
