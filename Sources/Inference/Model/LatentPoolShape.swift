/// The shape of an ``LatentPool``.
public struct LatentPoolShape: Sendable, Hashable {
    /// Attention heads; the pool's width is a multiple of it.
    public let heads: Int
    /// Hidden values of the perceptron behind the attention, of a pool as wide as the encoder; nil for one as wide as the
    /// embeddings with a norm behind its attention, as CoCa has it.
    public let mlpWidth: Int?
    /// Learnt queries that are stored; the first one pools.
    public var queries = 1
}
