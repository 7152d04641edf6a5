extension PixelRuns {
    /// A convex polygon and its border, as OpenCV 4.12 fills it (docs/method.md §8.5): the border's lines, then row
    /// by row what is between the two chains of edges that lead down from the topmost corner.
    mutating func appendConvexPolygon(_ corners: [FixedPoint]) {
        guard var previous = corners.last else { return }
        for corner in corners {
            appendLine(from: previous, to: corner)
            previous = corner
        }
        let rows = corners.map { FixedPoint.pixel($0.y) }
        guard corners.count >= 3, let top = rows.min(), let lowest = rows.max(), lowest >= 0, top < height,
            let leftmost = corners.map(\.x).min(), FixedPoint.pixel(leftmost) < width,
            let rightmost = corners.map(\.x).max(), FixedPoint.pixel(rightmost) >= 0
        else { return }
        let start = corners.indices.reduce(0) { corners[$1].y < corners[$0].y ? $1 : $0 }
        let bottom = min(lowest, height - 1)
        var chains = [Chain(corner: start, step: 1, end: top), Chain(corner: start, step: corners.count - 1, end: top)]
        var edgesLeft = corners.count
        var y = top
        while y <= bottom {
            for side in chains.indices where y >= chains[side].end {
                guard chains[side].advance(to: y, corners, rows, &edgesLeft) else { return }
            }
            if y < 0 {
                // Above the picture only the slopes matter.
                let skipped = min(chains[0].end, chains[1].end, 0) - y
                for side in chains.indices { chains[side].x += skipped * chains[side].slope }
                y += skipped
                continue
            }
            let (left, right) = (min(chains[0].x, chains[1].x), max(chains[0].x, chains[1].x))
            append(row: y, from: FixedPoint.pixel(left), through: FixedPoint.pixel(right))
            for side in chains.indices { chains[side].x += chains[side].slope }
            y += 1
        }
    }

    /// One of the two ways down.
    private struct Chain {
        var corner: Int
        /// To the next corner, modulo their number.
        let step: Int
        /// The row in which the edge ends.
        var end: Int
        var x = -FixedPoint.one
        /// Of x, a row.
        var slope = 0

        init(corner: Int, step: Int, end: Int) {
            self.corner = corner
            self.step = step
            self.end = end
        }

        /// Takes the next edge that reaches below row `y`.
        ///
        /// - Parameter edgesLeft: of both chains together.
        /// - Returns: false when the edges are used up.
        mutating func advance(
            to y: Int, _ corners: [FixedPoint], _ rows: [Int], _ edgesLeft: inout Int
        ) -> Bool {
            var (from, to) = (corner, (corner + step) % corners.count)
            while edgesLeft > 0 {
                edgesLeft -= 1
                let drop = rows[to] - y
                if drop > 0 {
                    end = rows[to]
                    x = corners[from].x
                    slope = ((corners[to].x - x) * 2 + drop) / (2 * drop)
                    corner = to
                    return true
                }
                (from, to) = (to, (to + step) % corners.count)
            }
            return false
        }
    }
}
