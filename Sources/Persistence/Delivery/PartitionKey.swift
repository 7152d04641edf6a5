/// A consumer group's view of one partition.
public struct PartitionKey: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let group: String
    public let topic: String
    public let partition: Int32

    public init(group: String, topic: String, partition: Int32) {
        self.group = group
        self.topic = topic
        self.partition = partition
    }

    /// In the order in which every function and key of the schema has them.
    var parameters: [Parameter] { [.text(group), .text(topic), .int(partition)] }

    public var description: String { "\(topic)/\(partition) of group \(group)" }

    public static func < (a: PartitionKey, b: PartitionKey) -> Bool {
        (a.group, a.topic, a.partition) < (b.group, b.topic, b.partition)
    }
}
