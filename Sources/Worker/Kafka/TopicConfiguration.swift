/// What a topic's settings ask of whoever writes to it.
package struct TopicConfiguration: Sendable, Equatable {
    package var cleanupPolicy = CleanupPolicy.untold
    /// Bytes of a batch of records, as it is sent; nil where brokers don't say.
    var maximumMessageBytes: Int?
    /// Copies of a partition that have to be up to date for it to be written to; nil where brokers don't say.
    var minimumCopies: Int?
}
