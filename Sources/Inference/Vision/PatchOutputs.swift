/// Which patch features an encoding returns beside the embeddings.
public struct PatchOutputs: OptionSet, Sendable, Hashable {
    public let rawValue: Int

    public init(rawValue: Int) {
        self.rawValue = rawValue
    }

    /// The last block's output before the final norm; docs/method.md §4.3 "tokens".
    public static let tokens = PatchOutputs(rawValue: 1)
    /// The last block's keys without their bias; docs/method.md §4.3 "keys".
    public static let keys = PatchOutputs(rawValue: 2)
    /// What a dense method makes of the patches; of a session that has one, ``DenseEncoder/session(batchSize:)``.
    public static let dense = PatchOutputs(rawValue: 4)
}
