import Kafka
import Logging

extension KafkaProducer {
    /// A producer for the topic of jobs, once it is seen that the topic is there, can be written to, and keeps every job until it
    /// is done. What can't be seen for want of a right is said, and allowed.
    ///
    /// - Throws: `KafkaError` that names the topic and what is in the way.
    static func ofJobs(
        _ kafka: KafkaClientConfiguration, _ topic: String, log: Logger
    ) throws(KafkaError) -> KafkaProducer {
        try ready(for: topic, kafka, logger: log) { found throws(KafkaError) in
            try found.cleanupPolicy.requireEveryRecord(of: topic)
        }
    }
}
