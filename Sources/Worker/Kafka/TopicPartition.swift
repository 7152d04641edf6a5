/// One partition of one topic.
struct TopicPartition: Sendable, Hashable, Comparable, CustomStringConvertible {
    let topic: String
    let partition: Int32

    var description: String { "\(topic)[\(partition)]" }

    static func < (left: Self, right: Self) -> Bool {
        (left.topic, left.partition) < (right.topic, right.partition)
    }
}
