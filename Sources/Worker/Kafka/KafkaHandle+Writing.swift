import CKafka

extension KafkaHandle {
    /// Sees that every partition of a topic can be written to now.
    ///
    /// - Parameter minimumCopies: how many of a partition's copies have to be up to date; of fewer copies all of them.
    /// - Throws: ``KafkaError`` that names the topic: unknown, without a leader or enough copies, not allowed, no broker answers.
    func checkWritable(_ topic: String, minimumCopies: Int = 1, within limit: Duration) throws(KafkaError) {
        try withPartitions(
            of: topic, within: limit, refusal: { Self.refusal($0, topic) }
        ) { (partitions) throws(KafkaError) in
            guard !partitions.isEmpty else {
                throw KafkaError(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, "the topic “\(topic)” has no partitions yet")
            }
            for partition in partitions {
                let place = TopicPartition(topic: topic, partition: partition.id)
                guard partition.leader >= 0 else {
                    throw KafkaError(
                        RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
                        "no broker leads \(place) now, so nothing can be written there until its brokers are back",
                        partition: place)
                }
                let needed = min(minimumCopies, Int(partition.replica_cnt))
                guard partition.isr_cnt >= needed else {
                    throw KafkaError(
                        RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
                        "\(place) has \(partition.isr_cnt) of its copies up to date and needs \(needed) (min.insync.replicas), so "
                            + "nothing can be written there until more of its brokers are back", partition: place)
                }
            }
        }
    }

    private static func refusal(_ code: rd_kafka_resp_err_t, _ topic: String) -> KafkaError? {
        switch code {
        case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
            KafkaError(
                code,
                "the topic “\(topic)” does not exist, or brokers do not know of it yet; make it, or correct its name")
        case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
            KafkaError(code, "this user has no right on the topic “\(topic)”; give it WRITE there")
        default: nil
        }
    }
}
