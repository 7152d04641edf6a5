import CKafka

/// A topic that ``MockBroker`` starts with, written `name:partitions`.
package struct MockTopic: Sendable, Hashable {
    package let name: String
    let partitions: Int

    /// - Throws: ``KafkaError`` that says what is wrong with name or number.
    package init(name: String, partitions: Int) throws(KafkaError) {
        guard TopicName.isValid(name) else {
            throw KafkaError(
                RD_KAFKA_RESP_ERR__INVALID_ARG, "“\(name)” is no name of a topic: \(TopicName.rule)")
        }
        guard (1...1000).contains(partitions) else {
            throw KafkaError(
                RD_KAFKA_RESP_ERR__INVALID_ARG,
                "the topic “\(name)” can't have \(partitions) partitions; give 1 to 1000")
        }
        self.name = name
        self.partitions = partitions
    }

    /// From `name:partitions`.
    package init(parsing text: String) throws(KafkaError) {
        guard let colon = text.lastIndex(of: ":"), let partitions = Int(text[text.index(after: colon)...]) else {
            throw KafkaError(
                RD_KAFKA_RESP_ERR__INVALID_ARG, "“\(text)” doesn't read NAME:PARTITIONS, as in image-jobs:6")
        }
        try self.init(name: String(text[..<colon]), partitions: partitions)
    }
}
