/// Pixels of a picture, as what a drawing puts down: runs within rows, in any order, some pixels more than once.
struct PixelRuns: Sendable, Equatable {
    let width: Int
    let height: Int
    /// Offsets `y · width + x`; none leaves its row.
    private(set) var ranges: [Range<Int>] = []

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    mutating func append(x: Int, y: Int) {
        guard x >= 0, x < width, y >= 0, y < height else { return }
        ranges.append(y * width + x..<y * width + x + 1)
    }

    /// Pixels `first` to `last` of row `y`, as far as they are in the picture.
    mutating func append(row y: Int, from first: Int, through last: Int) {
        let (first, last) = (max(first, 0), min(last, width - 1))
        guard y >= 0, y < height, first <= last else { return }
        ranges.append(y * width + first..<y * width + last + 1)
    }

    /// `[height, width]` raster.
    var mask: [Bool] {
        var mask = [Bool](repeating: false, count: width * height)
        for range in ranges { for pixel in range { mask[pixel] = true } }
        return mask
    }
}
