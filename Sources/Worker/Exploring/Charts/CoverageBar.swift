import Reporting

/// How much of an analysis is done, failed and pending, as one bar.
struct CoverageBar {
    let done: Int
    let failed: Int
    let pending: Int

    private static let (width, height) = (120.0, 10.0)

    var svg: String {
        let total = Double(max(done + failed + pending, 1))
        var left = 0.0
        let bars = [("done", done), ("failed", failed), ("pending", pending)].map { name, count in
            defer { left += Self.width * Double(count) / total }
            return "<rect class=\"bar \(name)\" x=\"\(Markup.coordinate(left))\" y=\"0\" "
                + "width=\"\(Markup.coordinate(Self.width * Double(count) / total))\" height=\"\(Markup.coordinate(Self.height))\"/>"
        }
        return
            "<svg class=\"chart coverage\" role=\"img\" aria-label=\"\(done) done, \(failed) failed, \(pending) pending\" "
            + "viewBox=\"0 0 120 10\" width=\"120\" height=\"10\">" + bars.joined() + "</svg>"
    }
}
