import CKafka

@testable import Kafka

extension KafkaConsumer {
    /// What the group has committed; partitions without a commit are left out. Asks the broker.
    package func committedOffsets(
        of partitions: some Collection<TopicPartition>, within limit: Duration
    ) throws(KafkaError) -> [TopicPartition: Int64] {
        let list = TopicPartitionList(partitions)
        let code = list.withPointer { rd_kafka_committed(handle.pointer, $0, limit.kafkaMilliseconds) }
        try check(code, list.elements, "no committed offsets")
        return Dictionary(list.elements.filter { $0.offset >= 0 }.map { ($0.place, $0.offset) }) { $1 }
    }
}

extension MockBroker {
    /// Lets lookups of a topic fail, or succeed again with `NO_ERROR`. (One that isn't there would be created.)
    package func setError(_ error: rd_kafka_resp_err_t, ofTopic topic: String) {
        rd_kafka_mock_topic_set_error(cluster, topic, error)
    }
}
