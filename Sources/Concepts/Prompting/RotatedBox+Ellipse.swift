import Foundation

extension RotatedBox {
    /// The box of an ellipse whose direction is known: the shorter axis first, its angle in 0…180.
    init(_ ellipse: Ellipse) {
        let degrees = atan2(ellipse.directionX, -ellipse.directionY) * 180 / .pi
        self.init(
            centerX: Float(ellipse.centerX), centerY: Float(ellipse.centerY), width: Float(2 * ellipse.semiMinor),
            height: Float(2 * ellipse.semiMajor), angle: Float(degrees < 0 ? degrees + 180 : degrees))
    }
}

extension Ellipse {
    /// What the box says; an axis that it gives as 0 is 0.
    init(_ box: RotatedBox) {
        let radians = Double(box.angle) * .pi / 180
        let (first, second) = (Double(box.width) / 2, Double(box.height) / 2)
        let (x, y) = (cos(radians), sin(radians))
        self.init(
            centerX: Double(box.centerX), centerY: Double(box.centerY), semiMajor: max(first, second),
            semiMinor: min(first, second), directionX: first > second ? x : -y, directionY: first > second ? y : x)
    }
}
