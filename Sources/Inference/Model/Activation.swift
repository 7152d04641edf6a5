/// The non-linearity of the perceptrons. A checkpoint run with the wrong one looks fine and is wrong, so it is part of a
/// model's identity.
public enum Activation: String, Sendable, Hashable {
    /// x/2 · (1 + erf(x / √2)).
    case gelu
    /// x · σ(1.702 x), what OpenAI's checkpoints were trained with.
    case quickGelu = "quick_gelu"
}
