/// What a worker has seen fail of late.
public struct FailureHistory: Sendable, Equatable {
    /// Whether each of the last images failed, the latest last.
    public var outcomes: [Bool]
    /// Jobs in a row of which no image succeeded.
    public var failedJobs: Int

    public init(outcomes: [Bool] = [], failedJobs: Int = 0) {
        self.outcomes = outcomes
        self.failedJobs = failedJobs
    }
}
