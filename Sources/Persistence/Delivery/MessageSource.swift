import Inference

/// Where a Kafka message is, and whose workers read it: another group does the same message anew.
public struct MessageSource: Sendable, Hashable, CustomStringConvertible {
    public let topic: String
    public let partition: Int32
    public let offset: Int64
    /// Empty in rows of builds that kept no groups.
    public let group: Identifier

    /// What a group is called whose name nobody set.
    private static let defaultGroup: Identifier = "entente"

    public init(topic: String, partition: Int32, offset: Int64, group: Identifier = "") {
        self.topic = topic
        self.partition = partition
        self.offset = offset
        self.group = group
    }

    /// `topic/partition/offset`, and `/group` unless that is the default one; also the id of its dead letter.
    public var description: String {
        let place = "\(topic)/\(partition)/\(offset)"
        return group.isEmpty || group == Self.defaultGroup ? place : "\(place)/\(group)"
    }
}
