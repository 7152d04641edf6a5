/// The outer border of a region of pixels, 8-connected, every border pixel (docs/method.md §8.2).
struct Contour {
    /// Clockwise from the topmost, then leftmost pixel. Where the region is one pixel wide, a pixel is met twice.
    let points: [(x: Int, y: Int)]
    /// All pixels of the contour's component, in raster order.
    let component: [(x: Int, y: Int)]

    /// The contour that encloses the largest polygon area; of equals, the one whose first pixel a raster scan meets last,
    /// because OpenCV lists contours in that order and the released code takes the first of the largest.
    ///
    /// - Returns: nil when the mask is empty.
    static func largest(of mask: [Bool], width: Int, height: Int) -> Contour? {
        let components = ConnectedComponents(of: mask, height: height, width: width)
        var starts = [Int](repeating: -1, count: components.sizes.count)
        for cell in mask.indices where components.labels[cell] >= 0 && starts[components.labels[cell]] < 0 {
            starts[components.labels[cell]] = cell
        }
        let traces = starts.indices.map { label in
            trace(from: starts[label], label: label, labels: components.labels, width: width, height: height)
        }
        let areas = traces.map(doubledArea)
        guard let largest = areas.max(), let best = areas.lastIndex(of: largest) else { return nil }
        let pixels = mask.indices.filter { components.labels[$0] == best }
        return Contour(points: traces[best], component: pixels.map { (x: $0 % width, y: $0 / width) })
    }

    /// Eastwards, then clockwise as seen on the screen.
    private static let directions = [(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)]

    /// Follows the border: at each pixel the neighbours are tried clockwise, beginning after the one it was reached
    /// from; done when the first step would be taken again.
    private static func trace(
        from start: Int, label: Int, labels: [Int], width: Int, height: Int
    ) -> [(x: Int, y: Int)] {
        func step(from x: Int, _ y: Int, after direction: Int) -> Int? {
            (1...8).lazy.map { (direction + $0) % 8 }.first { candidate in
                let (column, row) = (x + directions[candidate].0, y + directions[candidate].1)
                return column >= 0 && column < width && row >= 0 && row < height
                    && labels[row * width + column] == label
            }
        }
        var (x, y) = (start % width, start / width)
        // Nothing of the component lies to the west of where a raster scan meets it first.
        guard let first = step(from: x, y, after: 4) else { return [(x, y)] }
        var points = [(x: Int, y: Int)]()
        var direction = first
        repeat {
            points.append((x, y))
            x += directions[direction].0
            y += directions[direction].1
            direction = step(from: x, y, after: (direction + 4) % 8) ?? direction
        } while y * width + x != start || direction != first
        return points
    }

    /// Twice the area of the polygon through the points (shoelace), unsigned.
    static func doubledArea(_ points: [(x: Int, y: Int)]) -> Int {
        var sum = 0
        for (index, point) in points.enumerated() {
            let next = points[(index + 1) % points.count]
            sum += point.x * next.y - next.x * point.y
        }
        return abs(sum)
    }
}
