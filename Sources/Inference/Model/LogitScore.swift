import Foundation

/// What a model makes of a cosine: ℓ = scale · cosine + bias, and of that a probability (docs/models.md §2.2).
public struct LogitScore: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
        /// One of several texts is the image's: their probabilities sum to 1.
        case softmax
        /// Each text on its own: whether it is the image's.
        case sigmoid
    }

    /// exp of what is stored as `logit_scale`.
    public let scale: Float
    /// 0 for a model without.
    public let bias: Float
    public let kind: Kind

    public init(scale: Float, bias: Float, kind: Kind) {
        (self.scale, self.bias, self.kind) = (scale, bias, kind)
    }

    public func logit(_ cosine: Float) -> Float { scale * cosine + bias }

    /// 1 / (1 + exp(−ℓ)): whether image and text belong together, of a model trained to tell that of each pair.
    public func presence(_ cosine: Float) -> Float { Float(1 / (1 + exp(-Double(logit(cosine))))) }
}
