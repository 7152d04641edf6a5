import Foundation

/// The polygon that OpenCV 4.12 draws for an ellipse (docs/method.md §8.4).
struct EllipsePolygon {
    /// All the way round, the first corner repeated at the end; neighbours differ, unless the ellipse is a mere point.
    let corners: [FixedPoint]

    init(_ box: RotatedBox) {
        let (centerX, centerY) = (Self.fixed(box.centerX, one: 1), Self.fixed(box.centerY, one: 1))
        let (first, second) = (abs(Self.fixed(box.width, one: 0.5)), abs(Self.fixed(box.height, one: 0.5)))
        let step: Int =
            switch FixedPoint.pixel(max(first, second)) {
            case ..<3: 90
            case ..<10: 30
            case ..<15: 18
            default: 5
            }
        // The fit's angles are within a turn of 0…360; anything else is not drawn by it.
        let turn = FixedPoint.rounded(Double(box.angle)) % 360
        let angle = turn < 0 ? turn + 360 : turn
        let (cosine, sine) = (Self.sine(angle + 90), Self.sine(angle))
        var corners = [FixedPoint]()
        for degrees in stride(from: 0, through: 360, by: step) {
            let (x, y) = (Double(first) * Self.sine(degrees + 90), Double(second) * Self.sine(degrees))
            let corner = FixedPoint(
                x: Self.inTwoSteps(Double(centerX) + x * cosine - y * sine),
                y: Self.inTwoSteps(Double(centerY) + x * sine + y * cosine))
            if corner != corners.last { corners.append(corner) }
        }
        let center = FixedPoint(x: centerX, y: centerY)
        self.corners = corners.count == 1 ? [center, center] : corners
    }

    /// A length in 16.16 times `one`: whole pixels, then the rest, each rounded.
    private static func fixed(_ length: Float, one: Float) -> Int {
        let whole = FixedPoint.rounded(Double(length))
        let unit = Float(FixedPoint.one) * one
        return whole * Int(unit) + FixedPoint.rounded(Double((length - Float(whole)) * unit))
    }

    /// A coordinate in 16.16, rounded to a whole pixel and then from there.
    private static func inTwoSteps(_ value: Double) -> Int {
        let whole = FixedPoint.rounded(value / Double(FixedPoint.one)) << FixedPoint.bits
        return whole + FixedPoint.rounded(value - Double(whole))
    }

    /// Of whole degrees, 0…450, to seven decimals and from there to a float.
    private static func sine(_ degrees: Int) -> Double { sines[degrees] }

    private static let sines: [Double] = (0...450).map { degrees in
        Double(Float((sin(Double(degrees) * .pi / 180) * 1e7).rounded() / 1e7))
    }
}
