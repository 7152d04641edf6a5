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
    /// How queries and keys are told where their patches are, beside what is added to the rows; nil for not at all.
    public var rotation: GridRotation?
    /// Whether what a block adds is multiplied by a learnt gain for each column.
    public var hasLayerScale = false
    /// Whether attention's weighted values and the perceptron's hidden values are normed before the layers behind them.
    public var hasInnerNorms = false
    /// Whether the perceptron's hidden values are multiplied by what the activation makes of as many others.
    public var isGated = false
    /// Of the perceptrons.
    public var activation = Activation.gelu
    /// What the layer norms add to the variance.
    public var epsilon: Float = 1e-5

    /// Of the blocks' layers; attention and norms are always of floats.
    public var precision = Precision.fp32

    /// Columns of one head.
    public var headWidth: Int { width / heads }
}
