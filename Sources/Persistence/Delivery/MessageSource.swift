/// Where a Kafka message is.
public struct MessageSource: Sendable, Hashable, CustomStringConvertible {
    public let topic: String
    public let partition: Int32
    public let offset: Int64

    public init(topic: String, partition: Int32, offset: Int64) {
        self.topic = topic
        self.partition = partition
        self.offset = offset
    }

    /// `topic/partition/offset`, also the id of its dead letter.
    public var description: String { "\(topic)/\(partition)/\(offset)" }
}
