extension PixelRuns {
    /// A line one pixel wide between two places, both drawn, as OpenCV 4.12 steps along it (docs/method.md §8.5):
    /// pixel by pixel on the longer axis, the other in 16.16.
    mutating func appendLine(from start: FixedPoint, to end: FixedPoint) {
        guard let (start, end) = clipped(start, end) else { return }
        let isShallow = abs(end.x - start.x) > abs(end.y - start.y)
        // To the right or downwards, whichever way the polygon runs.
        let isReversed = isShallow ? end.x < start.x : end.y < start.y
        let (from, to) = isReversed ? (end, start) : (start, end)
        let (dx, dy) = (to.x - from.x, to.y - from.y)
        append(x: FixedPoint.pixel(to.x), y: FixedPoint.pixel(to.y))
        var (x, y) = (from.x + FixedPoint.half, from.y + FixedPoint.half)
        if isShallow {
            let step = (dy << FixedPoint.bits) / (dx | 1)
            let first = x >> FixedPoint.bits
            for column in first...first + dx >> FixedPoint.bits {
                append(x: column, y: y >> FixedPoint.bits)
                y += step
            }
        } else {
            let step = (dx << FixedPoint.bits) / (dy | 1)
            let first = y >> FixedPoint.bits
            for row in first...first + dy >> FixedPoint.bits {
                append(x: x >> FixedPoint.bits, y: row)
                x += step
            }
        }
    }

    /// The part of a line within `0..<width` and `0..<height`, top and bottom first; nil if there is none.
    private func clipped(_ start: FixedPoint, _ end: FixedPoint) -> (FixedPoint, FixedPoint)? {
        let (right, bottom) = (width << FixedPoint.bits - 1, height << FixedPoint.bits - 1)
        func side(_ value: Int, _ limit: Int) -> Int { value < 0 ? -1 : value > limit ? 1 : 0 }
        func isBeyond(_ a: Int, _ b: Int) -> Bool { a != 0 && a == b }
        var (a, b) = (start, end)
        if isBeyond(side(a.x, right), side(b.x, right)) || isBeyond(side(a.y, bottom), side(b.y, bottom)) { return nil }
        // The second end is cut on the line that the first cut left, and each cut is truncated towards its end.
        func cutVertically(_ p: inout FixedPoint) {
            let place = side(p.y, bottom)
            guard place != 0 else { return }
            let edge = place < 0 ? 0 : bottom
            p.x &+= FixedPoint.truncated(Double(edge - p.y) * Double(b.x - a.x) / Double(b.y - a.y))
            p.y = edge
        }
        func cutHorizontally(_ p: inout FixedPoint) {
            let place = side(p.x, right)
            guard place != 0 else { return }
            let edge = place < 0 ? 0 : right
            p.y &+= FixedPoint.truncated(Double(edge - p.x) * Double(b.y - a.y) / Double(b.x - a.x))
            p.x = edge
        }
        var cut = a
        cutVertically(&cut)
        a = cut
        cut = b
        cutVertically(&cut)
        b = cut
        if isBeyond(side(a.x, right), side(b.x, right)) { return nil }
        cut = a
        cutHorizontally(&cut)
        a = cut
        cut = b
        cutHorizontally(&cut)
        b = cut
        return (a, b)
    }
}
