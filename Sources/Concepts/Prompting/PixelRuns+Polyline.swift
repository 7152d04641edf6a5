extension PixelRuns {
    /// Lines from corner to corner, not closed. Thicker than a pixel, each is a filled rectangle, with a disc at every corner
    /// (docs/method.md §8.5).
    ///
    /// - Parameter thickness: in pixels, at least 1.
    mutating func appendPolyline(_ corners: [FixedPoint], thickness: Int) {
        guard thickness > 1 else {
            for (start, end) in zip(corners, corners.dropFirst()) { appendLine(from: start, to: end) }
            return
        }
        let reach = Double(thickness << (FixedPoint.bits - 1) + (thickness & 1) * FixedPoint.half)
        for (start, end) in zip(corners, corners.dropFirst()) {
            let (dx, dy) = (
                Double(start.x - end.x) / Double(FixedPoint.one), Double(end.y - start.y) / Double(FixedPoint.one)
            )
            let square = dx * dx + dy * dy
            guard square > Double.ulpOfOne else { continue }
            let share = reach / square.squareRoot()
            let (x, y) = (FixedPoint.rounded(dy * share), FixedPoint.rounded(dx * share))
            appendConvexPolygon([
                FixedPoint(x: start.x + x, y: start.y + y), FixedPoint(x: start.x - x, y: start.y - y),
                FixedPoint(x: end.x - x, y: end.y - y), FixedPoint(x: end.x + x, y: end.y + y),
            ])
        }
        for corner in corners {
            appendDisc(x: FixedPoint.pixel(corner.x), y: FixedPoint.pixel(corner.y), radius: (thickness + 1) / 2)
        }
    }
}
