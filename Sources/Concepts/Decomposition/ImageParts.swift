/// What phase 1 found in one image: its foreground and, for each part method, its parts.
public struct ImageParts: Sendable, Equatable {
    /// One a part method, in the order of ``MethodParameters/Parts/by``.
    public let groupings: [PartGrouping]

    public init(groupings: [PartGrouping]) {
        self.groupings = groupings
    }
}
