/// The shape of an ``LatentPool``; its width is the encoder's.
public struct LatentPoolShape: Sendable, Hashable {
    /// Attention heads; the width is a multiple of it.
    public let heads: Int
    /// Hidden values of the perceptron.
    public let mlpWidth: Int
}
