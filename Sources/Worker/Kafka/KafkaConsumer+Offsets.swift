import CKafka
import Threads

extension KafkaConsumer {
    /// Tells the group how far the database is, without waiting. Advisory: the outcome comes to `onCommit` during a
    /// later poll. The same commit is never repeated, because after a rebalance the old offset would be taken and
    /// rewind the group; what the database holds of the partitions that are owned then may be. Those that aren't read any
    /// more are left out.
    ///
    /// - Parameter offsets: the next offset to read of each partition.
    /// - Returns: whether there was anything to commit, so that an outcome will come.
    package func commit(_ offsets: [TopicPartition: Int64]) throws(KafkaError) -> Bool {
        let offsets = offsets.filter { started.contains($0.key) }
        guard !offsets.isEmpty else { return false }
        let list = TopicPartitionList(offsets)
        let code = list.withPointer { rd_kafka_commit(handle.pointer, $0, 1) }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code, "can't commit offsets") }
        return true
    }

    /// As ``commit(_:)``, and waits for the broker's word: before a close. Never inside `onRevoke`: 2.0.2 may lose the whole
    /// assignment over a commit that a rebalance makes void.
    ///
    /// - Throws: ``KafkaError``, also when no word came in time; to be logged, not repeated. While another member leaves
    ///   too, `REBALANCE_IN_PROGRESS` is usual.
    package func commitAndWait(_ offsets: [TopicPartition: Int64], within limit: Duration) throws(KafkaError) {
        let offsets = offsets.filter { started.contains($0.key) }
        guard !offsets.isEmpty else { return }
        // rd_kafka_commit would wait without bound; a queue of its own gives the outcome a deadline.
        let queue = rd_kafka_queue_new(handle.pointer)
        defer { rd_kafka_queue_destroy(queue) }
        let list = TopicPartitionList(offsets)
        let code = list.withPointer { rd_kafka_commit_queue(handle.pointer, $0, queue, nil, nil) }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code, "can't commit offsets") }
        guard let event = rd_kafka_queue_poll(queue, limit.kafkaMilliseconds) else {
            throw KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT, "no word about the commit within \(limit)")
        }
        defer { rd_kafka_event_destroy(event) }
        try check(
            rd_kafka_event_error(event),
            TopicPartitionList.elements(of: rd_kafka_event_topic_partition_list(event)), "can't commit offsets")
    }

    /// The oldest offset that the broker has of a partition, and the one that the next record will get, as the last fetch told
    /// it; `nil` before the first.
    package func lastKnownWatermarks(of partition: TopicPartition) -> Range<Int64>? {
        var low: Int64 = 0
        var high: Int64 = 0
        let code = rd_kafka_get_watermark_offsets(
            handle.pointer, partition.topic, partition.partition, &low, &high)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, high >= 0 else { return nil }
        return max(0, low)..<max(0, low, high)
    }

    /// The outcome of an asynchronous commit, on the Kafka thread inside a poll.
    func committed(_ code: rd_kafka_resp_err_t, _ elements: [TopicPartitionList.Element]) {
        // librdkafka found nothing to commit.
        guard code != RD_KAFKA_RESP_ERR__NO_OFFSET else { return onCommit([:], nil) }
        var failure: KafkaError?
        do throws(KafkaError) { try check(code, elements, "can't commit offsets") } catch {
            failure = error
            log(error)
        }
        onCommit(Self.offsets(elements), failure)
    }

    private static func offsets(_ elements: [TopicPartitionList.Element]) -> [TopicPartition: Int64] {
        Dictionary(elements.filter { $0.offset >= 0 }.map { ($0.place, $0.offset) }) { $1 }
    }
}
