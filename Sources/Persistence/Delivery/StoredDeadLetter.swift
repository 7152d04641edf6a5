import Inference

/// A dead letter as the outbox holds it.
public struct StoredDeadLetter: Sendable, Hashable {
    /// An image of it that failed, or the whole job.
    public struct Failure: Sendable, Hashable {
        /// Empty when the job could not be read.
        public let analysisID: String
        /// Empty for the whole job.
        public let imageID: Identifier
        public let kind: String
        public let message: String
        public let attempts: Int
    }

    public let letter: DeadLetter
    public let failures: [Failure]
    /// Whether it is on the dead-letter topic.
    public let isPublished: Bool
    /// When it was written and last sent to the job topic again, if it was; ISO 8601, UTC.
    public let writtenAt: String
    public let requeuedAt: String?
    public let requeueCount: Int
    /// Why it will not be on the topic, if it won't.
    public let withheld: String?
}
