/// How a picture of any shape becomes a square, by open_clip's names.
public enum ResizeMode: String, Sendable, Hashable, CaseIterable {
    /// The short side is scaled to S, the middle S×S is cut out.
    case shortest
    /// The long side is scaled to S, the rest is padded with the fill colour.
    case longest
    /// Both sides are scaled to S on their own.
    case squash
}
