import CKafka
import Threads

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

    /// The oldest offset that the broker has of a partition, and the one that the next record will get, as far as it is
    /// committed. Asks the broker.
    package func watermarks(of partition: TopicPartition, within limit: Duration) throws(KafkaError) -> Range<Int64> {
        var low: Int64 = 0
        var high: Int64 = 0
        let code = rd_kafka_query_watermark_offsets(
            handle.pointer, partition.topic, partition.partition, &low, &high, limit.kafkaMilliseconds)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw KafkaError(code, "no offset range of \(partition)", partition: partition)
        }
        return low..<max(low, high)
    }

    /// The number of partitions of a topic. Asks the broker.
    package func partitionCount(of topic: String, within limit: Duration) throws(KafkaError) -> Int {
        try handle.partitionCount(of: topic, within: limit)
    }
}

extension MockBroker {
    /// Lets lookups of a topic fail, or succeed again with `NO_ERROR`. (One that isn't there would be created.)
    package func setError(_ error: rd_kafka_resp_err_t, ofTopic topic: String) {
        rd_kafka_mock_topic_set_error(cluster, topic, error)
    }
}
