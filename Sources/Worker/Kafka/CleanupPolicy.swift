import CKafka

/// How a topic gets rid of its records.
package enum CleanupPolicy: Sendable, Equatable {
    /// `delete`, `compact`, or both with a comma.
    case told(String)
    /// The brokers know no such question, as librdkafka's in-process one.
    case untold

    private var isCompacting: Bool {
        guard case .told(let value) = self else { return false }
        return value.split(separator: ",").contains { $0.drop { $0 == " " }.hasPrefix("compact") }
    }

    /// Refuses a topic of jobs that is compacted. A job's key says which partition it goes to, so jobs have it in common, and of
    /// those compaction keeps the last alone.
    ///
    /// - Throws: ``KafkaError`` that names the topic.
    package func requireEveryRecord(of topic: String) throws(KafkaError) {
        guard isCompacting, case .told(let value) = self else { return }
        throw KafkaError(
            RD_KAFKA_RESP_ERR_POLICY_VIOLATION,
            "the topic “\(topic)” has cleanup.policy=\(value), and compaction drops jobs whose keys repeat; set it to delete, "
                + "and submit anew what is pending for good")
    }
}
