import CKafka
import Logging

extension KafkaConsumer {
    /// One step of a cooperative rebalance, on the Kafka thread inside a poll.
    func rebalance(_ code: rd_kafka_resp_err_t, _ partitions: [TopicPartition]) {
        do throws(KafkaError) {
            switch code {
            case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS:
                hasBeenAssigned = true
                try assign(partitions)
            case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS:
                // A revocation that was under way when the member stalled comes late and is not marked as lost.
                try revoke(
                    partitions,
                    lost: !doubtful.isDisjoint(with: partitions) || rd_kafka_assignment_lost(handle.pointer) != 0)
            default:
                log(KafkaError(code, "the rebalance of the consumer group failed"))
                try revoke(owned.sorted(), lost: true)
            }
        } catch {
            callbackFailure = error
        }
    }

    private func assign(_ partitions: [TopicPartition]) throws(KafkaError) {
        owned.formUnion(partitions)
        var places: [TopicPartition: StartOffset] = [:]
        if !partitions.isEmpty {
            do {
                places = try onAssign(partitions.sorted()).filter { waiting.contains($0.key) }
            } catch {
                logger.warning(
                    "no start offsets yet, partitions wait",
                    metadata: ["kafka.partitions": "\(partitions.count)", "error": "\(error)"])
            }
        }
        for (place, start) in places where !start.isValid {
            log(Self.invalid(start, of: place))
        }
        // librdkafka wants an answer to each call, also an empty one.
        try begin(places.filter(\.value.isValid))
    }

    private func revoke(_ partitions: [TopicPartition], lost: Bool) throws(KafkaError) {
        onRevoke(partitions.sorted(), lost)
        owned.subtract(partitions)
        doubtful.subtract(partitions)
        // Those that waited were never given to librdkafka, which refuses to take back what it doesn't have.
        try end(partitions.filter(started.contains))
    }

    static func invalid(_ start: StartOffset, of place: TopicPartition) -> KafkaError {
        KafkaError(
            RD_KAFKA_RESP_ERR__INVALID_ARG, "\(place) can't start at offset \(start.rawOffset); it waits",
            partition: place, offset: start.rawOffset)
    }

    /// Has librdkafka read these from there on. It accepts this inside and outside a rebalance.
    func begin(_ places: [TopicPartition: StartOffset]) throws(KafkaError) {
        let list = TopicPartitionList(places.mapValues(\.rawOffset))
        if let error = list.withPointer({ rd_kafka_incremental_assign(handle.pointer, $0) }) {
            throw KafkaError(consuming: error, "can't start reading \(places.keys.sorted())")
        }
        started.formUnion(places.keys)
        // A partition may have been stopped while paused: say which of both it is now.
        paused.subtract(places.keys)
        if isHeld { try pauseInLibrary(Array(places.keys)) } else { try resumeInLibrary(Array(places.keys)) }
    }

    /// Has librdkafka read these no more.
    func end(_ partitions: [TopicPartition]) throws(KafkaError) {
        started.subtract(partitions)
        paused.subtract(partitions)
        let list = TopicPartitionList(partitions)
        if let error = list.withPointer({ rd_kafka_incremental_unassign(handle.pointer, $0) }) {
            throw KafkaError(consuming: error, "can't stop reading \(partitions.sorted())")
        }
    }
}
