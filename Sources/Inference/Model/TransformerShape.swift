/// The shape of a stack of pre-norm residual attention blocks.
public struct TransformerShape: Sendable, Hashable {
    /// d.
    public let width: Int
    public let layers: Int
    /// Attention heads; `width` is a multiple of it.
    public let heads: Int
    /// Hidden values of the perceptron.
    public let mlpWidth: Int

    /// Columns of one head.
    public var headWidth: Int { width / heads }
}
