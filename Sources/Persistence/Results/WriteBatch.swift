/// What one transaction writes. Any of the lists may be empty.
public struct WriteBatch: Sendable {
    /// At most one a partition.
    public var offsets: [OffsetAdvance]
    public var results: [ImageRow]
    public var failures: [FailedImage]
    public var deadLetters: [DeadLetter]

    public init(
        offsets: [OffsetAdvance] = [], results: [ImageRow] = [], failures: [FailedImage] = [],
        deadLetters: [DeadLetter] = []
    ) {
        self.offsets = offsets
        self.results = results
        self.failures = failures
        self.deadLetters = deadLetters
    }
}
