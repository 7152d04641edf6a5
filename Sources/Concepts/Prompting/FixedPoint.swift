/// A place in a picture in 16.16 fixed point, pixel centres at whole numbers; far beyond any picture too.
struct FixedPoint: Equatable {
    var x: Int
    var y: Int

    static let bits = 16
    static let one = 1 << bits
    static let half = one / 2

    /// To the nearest integer, halves to the even one; what a 32-bit integer can't hold becomes its smallest, as the
    /// processor's conversion does.
    static func rounded(_ value: Double) -> Int {
        let nearest = value.rounded(.toNearestOrEven)
        return nearest.magnitude < 0x1p31 ? Int(nearest) : Int(Int32.min)
    }

    /// Towards zero, as ``rounded(_:)`` for what a 64-bit integer can't hold.
    static func truncated(_ value: Double) -> Int {
        value.magnitude < 0x1p63 ? Int(value) : .min
    }

    /// The pixel that a coordinate lies in.
    static func pixel(_ coordinate: Int) -> Int { (coordinate + half) >> bits }
}
