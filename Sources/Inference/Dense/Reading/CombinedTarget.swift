/// Several texts as one target of CLIP Surgery (docs/dense.md §2.3), where a sentence with all of them would show the most obvious alone.
public struct CombinedTarget: Sendable {
    private let parts: [HeatMap]

    /// - Parameter parts: each text's map, at least one, of one size.
    public init(_ parts: [HeatMap]) {
        precondition(!parts.isEmpty && parts.allSatisfy { $0.side == parts[0].side }, "maps of one size are combined")
        self.parts = parts
    }

    /// Mean of the parts' maps, each scaled from its lowest to its highest value.
    public var map: HeatMap {
        let scaled = parts.map(\.scaled.values)
        return HeatMap(
            side: parts[0].side,
            values: scaled[0].indices.map { patch in
                scaled.reduce(0) { $0 + $1[patch] } / Float(scaled.count)
            })
    }

    /// Positive ones of each part, negative ones of the mean.
    public func points(width: Int, height: Int) -> TextPoints {
        TextPoints(
            positive: parts.flatMap { TextPoints($0, width: width, height: height).positive },
            negative: TextPoints(map, width: width, height: height).negative)
    }
}
