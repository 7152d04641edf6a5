/// The shape of a stack of pre-norm residual attention blocks.
public struct TransformerShape: Sendable, Hashable {
    /// d.
    public let width: Int
    public let layers: Int
    /// Attention heads; `width` is a multiple of it.
    public let heads: Int
    /// Hidden values of the perceptron.
    public let mlpWidth: Int
    /// Where attention's logits x level off, by cap · tanh(x / cap); nil if they don't.
    public var softCap: Float?

    /// Columns of one head.
    public var headWidth: Int { width / heads }

    /// Columns that a product with a head's values takes: OpenBLAS's AVX-512 kernels for small products allocate memory
    /// at each call unless the columns are a multiple of 16.
    var paddedHeadWidth: Int { min((headWidth + 15) / 16 * 16, 3 * width) }
}
