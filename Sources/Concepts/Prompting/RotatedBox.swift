/// An ellipse as OpenCV 4.12 hands it from fit to drawing (docs/method.md §8.3): 32-bit floats, in pixels and
/// degrees, pixel centres at integers.
struct RotatedBox: Sendable, Equatable {
    var centerX: Float
    var centerY: Float
    /// Full length of the axis that points along `angle`.
    var width: Float
    /// Full length of the axis at right angles to it.
    var height: Float
    /// Degrees from the x axis towards the y axis, which is clockwise on the screen.
    var angle: Float
}
