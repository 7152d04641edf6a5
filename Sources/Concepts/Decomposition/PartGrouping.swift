/// The parts of one image under one part method (docs/method.md §7).
public struct PartGrouping: Sendable, Equatable {
    public let method: PartMethod
    /// Patch grid.
    public let gridHeight: Int, gridWidth: Int
    /// `[gridHeight, gridWidth]` raster: part number, or -1 for background.
    public let labels: [Int]
    /// In declaration order of ``PartFindings/Flag``.
    public let flags: [PartFindings.Flag]

    public init(
        method: PartMethod, gridHeight: Int, gridWidth: Int, labels: [Int], flags: [PartFindings.Flag] = []
    ) {
        precondition(
            labels.count == gridHeight * gridWidth,
            "\(labels.count) labels for a grid of \(gridHeight)×\(gridWidth) patches")
        self.method = method
        self.gridHeight = gridHeight
        self.gridWidth = gridWidth
        self.labels = labels
        self.flags = flags
    }

    /// Parts with at least one patch in this image, ascending.
    public var presentParts: [Int] { Set(labels).subtracting([-1]).sorted() }

    /// The extent of every present part, ascending.
    public var boxes: [PartFindings.Box] {
        presentParts.map { part in
            let patches = labels.indices.filter { labels[$0] == part }
            let rows = patches.map { $0 / gridWidth }
            let columns = patches.map { $0 % gridWidth }
            return PartFindings.Box(
                part: part, top: rows.min() ?? 0, left: columns.min() ?? 0, bottom: rows.max() ?? 0,
                right: columns.max() ?? 0)
        }
    }
}
