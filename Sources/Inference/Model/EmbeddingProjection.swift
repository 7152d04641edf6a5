/// From an encoder's pooled row to the joint embedding space.
public enum EmbeddingProjection: Sendable, Hashable {
    /// A matrix that is stored as `[d, e]`.
    case matrix
    /// A layer with a bias, stored as `[e, d]`.
    case layer
    /// Nothing: e is d.
    case none
}
