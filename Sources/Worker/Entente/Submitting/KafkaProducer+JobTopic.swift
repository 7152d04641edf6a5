import Kafka
import Logging

extension KafkaProducer {
    /// Sees that a topic is there and keeps every job until it is done, before any is sent.
    ///
    /// - Throws: `KafkaError` that names the topic. What can't be seen for want of a right is said, and allowed.
    func checkJobTopic(_ topic: String, log: Logger) throws(KafkaError) {
        _ = try partitionCount(of: topic, within: .seconds(10))
        let policy: CleanupPolicy
        do { policy = try cleanupPolicy(of: topic, within: .seconds(10)) } catch {
            log.warning(
                "it can't be seen whether the topic of jobs is compacted, which would lose jobs",
                metadata: ["error": "\(error)", "kafka.topic": "\(topic)"])
            return
        }
        try policy.requireEveryRecord(of: topic)
    }
}
