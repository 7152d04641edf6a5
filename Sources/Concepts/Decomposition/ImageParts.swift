/// What phase 1 found in one image: its foreground and, for each part method, its parts.
public struct ImageParts: Sendable, Equatable {
    public let grid: PatchGrid
    /// One a patch; at least one is true.
    public let foreground: [Bool]
    /// One a patch: what passed the threshold, in components small and large (docs/method.md §5.3). The foreground where nothing did.
    public let passing: [Bool]
    /// One a part method that needs no training, in the order of ``MethodParameters/Parts/by``.
    public let groupings: [PartGrouping]

    /// - Parameter passing: nil for the foreground.
    public init(grid: PatchGrid, foreground: [Bool], passing: [Bool]? = nil, groupings: [PartGrouping]) {
        self.grid = grid
        self.foreground = foreground
        self.passing = passing ?? foreground
        self.groupings = groupings
    }
}
