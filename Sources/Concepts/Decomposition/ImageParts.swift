/// What phase 1 found in one image: its foreground and, for each part method, its parts.
public struct ImageParts: Sendable, Equatable {
    public let grid: PatchGrid
    /// One a patch; at least one is true.
    public let foreground: [Bool]
    /// One a part method, in the order of ``MethodParameters/Parts/by``.
    public let groupings: [PartGrouping]

    public init(grid: PatchGrid, foreground: [Bool], groupings: [PartGrouping]) {
        self.grid = grid
        self.foreground = foreground
        self.groupings = groupings
    }
}
