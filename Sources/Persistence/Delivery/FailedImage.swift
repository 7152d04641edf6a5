import Inference

/// An image, or a whole job, that can never succeed.
public struct FailedImage: Sendable, Hashable {
    /// nil when it did not come over Kafka.
    public var source: MessageSource?
    /// As the job names it, registered or not; nil when the job can't be read.
    public var analysisID: String?
    /// nil when the whole job failed.
    public var image: ImageReference?
    public var submissionID: Identifier?
    /// Class of the failure, snake_case.
    public var kind: String
    /// One sentence, without credentials.
    public var message: String
    public var attempts: Int
    public var worker: String
    /// See ``Shard``.
    public var shard: Int

    public init(
        source: MessageSource?, analysisID: String?, image: ImageReference?, submissionID: Identifier? = nil,
        kind: String, message: String, attempts: Int = 1, worker: String, shard: Int
    ) {
        self.source = source
        self.analysisID = analysisID
        self.image = image
        self.submissionID = submissionID
        self.kind = kind
        self.message = message
        self.attempts = attempts
        self.worker = worker
        self.shard = shard
    }
}
