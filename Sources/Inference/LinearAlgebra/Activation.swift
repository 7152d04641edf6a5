/// The non-linearity of a perceptron, or behind a convolution. A checkpoint run with the wrong one looks fine and is wrong, so it is
/// part of a model's identity.
public enum Activation: String, Sendable, Hashable {
    /// x/2 · (1 + erf(x / √2)).
    case gelu
    /// x · σ(1.702 x), what OpenAI's checkpoints were trained with.
    case quickGelu = "quick_gelu"
    /// GELU's approximation by tanh, what JAX takes for GELU.
    case tanhGelu = "gelu_tanh"
    /// x · σ(x), of perceptrons whose hidden values are gated.
    case silu
    /// max(x, 0), of CLIP's ResNets.
    case rectified = "relu"
}
