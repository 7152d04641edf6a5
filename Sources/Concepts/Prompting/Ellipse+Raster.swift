extension Ellipse {
    /// Columns of row `y` whose pixel centres lie on or inside the ellipse, clipped to `0..<width`; empty if none do.
    func columns(inRow y: Int, width: Int) -> Range<Int> {
        let form = form
        guard let (low, high) = Self.crossings(form.xx, form.xy, form.yy, Double(y) - centerY) else { return 0..<0 }
        let first = max((centerX + low).rounded(.up), 0)
        let last = min((centerX + high).rounded(.down), Double(width - 1))
        return first <= last ? Int(first)..<Int(last) + 1 : 0..<0
    }

    /// The outline, exactly one pixel wide, closed and not anti-aliased: where it runs closer to horizontal one pixel
    /// a column, elsewhere one pixel a row. Offsets `y · width + x` within the picture, ascending.
    ///
    /// An ellipse that slips between all pixel centres is drawn as the pixel nearest to its centre.
    func outline(width: Int, height: Int) -> [Int] {
        var points = arcs(width: width, height: height)
        if points.isEmpty { points = [ArcPoint(turn: 0, x: Self.rounded(centerX), y: Self.rounded(centerY))] }
        var pixels = Set<Int>()
        func draw(_ x: Int, _ y: Int) {
            if x >= 0, x < width, y >= 0, y < height { pixels.insert(y * width + x) }
        }
        for (place, point) in points.enumerated() {
            draw(point.x, point.y)
            // Round a sharp tip the curve may turn without meeting a row or column; a straight line closes the gap.
            // Where the curve leaves the picture for longer, there is nothing to close.
            let next = points[(place + 1) % points.count]
            let distance = max(abs(next.x - point.x), abs(next.y - point.y))
            guard 2...Self.widestGap ~= distance else { continue }
            for step in 1..<distance {
                let share = Double(step) / Double(distance)
                draw(
                    Self.rounded(Double(point.x) + share * Double(next.x - point.x)),
                    Self.rounded(Double(point.y) + share * Double(next.y - point.y)))
            }
        }
        return pixels.sorted()
    }

    /// A tip between two arcs is less than a pixel high, and each arc ends less than a pixel from it.
    private static let widestGap = 4

    private struct ArcPoint {
        /// Place on the way round the ellipse, 0..<4, a quadrant each.
        let turn: Double
        let x: Int, y: Int
    }

    /// The outline's crossings with columns where it is shallow and with rows where it is steep, rounded to pixels,
    /// in their order round the ellipse; a little beyond the picture, so that neighbours at its edge are known.
    private func arcs(width: Int, height: Int) -> [ArcPoint] {
        let form = form
        var points = [ArcPoint]()
        func add(_ dx: Double, _ dy: Double) {
            let along = (dx * directionX + dy * directionY) / semiMajor
            let across = (dy * directionX - dx * directionY) / semiMinor
            let (u, v) = (along.magnitude, across.magnitude)
            let turn: Double =
                switch (along >= 0, across >= 0) {
                case (true, true): v / (u + v)
                case (false, true): 1 + u / (u + v)
                case (false, false): 2 + v / (u + v)
                case (true, false): 3 + u / (u + v)
                }
            points.append(ArcPoint(turn: turn, x: Self.rounded(centerX + dx), y: Self.rounded(centerY + dy)))
        }
        for x in Self.integers(around: centerX, reach: semiMajor, below: width) {
            let dx = Double(x) - centerX
            guard let (low, high) = Self.crossings(form.yy, form.xy, form.xx, dx) else { continue }
            for dy in [low, high] {
                let (slopeX, slopeY) = (form.xx * dx + form.xy * dy, form.xy * dx + form.yy * dy)
                if slopeX.magnitude <= slopeY.magnitude { add(dx, dy) }
            }
        }
        for y in Self.integers(around: centerY, reach: semiMajor, below: height) {
            let dy = Double(y) - centerY
            guard let (low, high) = Self.crossings(form.xx, form.xy, form.yy, dy) else { continue }
            for dx in [low, high] {
                let (slopeX, slopeY) = (form.xx * dx + form.xy * dy, form.xy * dx + form.yy * dy)
                if slopeY.magnitude < slopeX.magnitude { add(dx, dy) }
            }
        }
        return points.sorted { ($0.turn, $0.y, $0.x) < ($1.turn, $1.y, $1.x) }
    }

    private static func rounded(_ value: Double) -> Int {
        // Far beyond any picture, where only the sign matters.
        Int(min(max((value + 0.5).rounded(.down), -1e9), 1e9))
    }

    /// Solutions u of `uu·u² + 2·uv·u·v + vv·v² = 1`, ascending; nil where the line misses the ellipse.
    private static func crossings(_ uu: Double, _ uv: Double, _ vv: Double, _ v: Double) -> (Double, Double)? {
        let half = uv * v
        let discriminant = half * half - uu * (vv * v * v - 1)
        guard discriminant >= 0, uu > 0 else { return nil }
        let root = discriminant.squareRoot()
        return ((-half - root) / uu, (-half + root) / uu)
    }

    /// Integers within `reach` of `center` that are in `0..<limit` or within the widest gap of it.
    private static func integers(around center: Double, reach: Double, below limit: Int) -> Range<Int> {
        let margin = Double(widestGap)
        let first = max((center - reach).rounded(.down), -margin)
        let last = min((center + reach).rounded(.up), Double(limit - 1) + margin)
        return first <= last ? Int(first)..<Int(last) + 1 : 0..<0
    }
}
