/// Where a text is most and where it is least, as prompts for a segmentation model (CLIP Surgery, docs/dense.md §4.4).
public struct TextPoints: Sendable, Hashable {
    /// In pixels, `x` to the right.
    public struct Point: Sendable, Hashable, Encodable {
        public let x: Int, y: Int
    }

    /// Highest first.
    public let positive: [Point]
    /// As many of one map, lowest first.
    public let negative: [Point]

    private static let threshold: Float = 0.8

    init(positive: [Point], negative: [Point]) {
        (self.positive, self.negative) = (positive, negative)
    }

    /// Cells are two patches wide and high. Those that reach 0.8 of the way from the lowest to the highest are positive, at
    /// most half of all; as many of the lowest are negative. None of a map whose cells are all alike.
    ///
    /// - Parameters:
    ///   - width: of the picture, in pixels.
    public init(_ map: HeatMap, width: Int, height: Int) {
        let cells = map.side / 2
        let coarse = cells == 0 ? [] : map.enlarged(width: cells, height: cells)
        guard let lowest = coarse.min(), let highest = coarse.max(), highest > lowest else {
            (positive, negative) = ([], [])
            return
        }
        let count = min(
            coarse.count { ($0 - lowest) / (highest - lowest) >= Self.threshold }, coarse.count / 2)
        let rising = coarse.indices.sorted { (coarse[$0], $0) < (coarse[$1], $1) }
        func point(_ cell: Int) -> Point {
            func place(_ index: Int, _ size: Int) -> Int {
                Int(min((Double(index) + 0.5) * Double(size) / Double(cells), Double(size - 1)))
            }
            return Point(x: place(cell % cells, width), y: place(cell / cells, height))
        }
        positive = rising.suffix(count).reversed().map(point)
        negative = rising.prefix(count).map(point)
    }
}
