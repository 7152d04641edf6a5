import Kafka
import Logging

/// Sees, beside the polling, that the topic of jobs keeps every one of them until it is done.
///
/// Belongs to the Kafka thread, as the consumer does.
final class JobTopicCheck {
    private let topic: String
    private let log: Logger
    private var request: CleanupPolicyRequest?
    private var nextRequest: ContinuousClock.Instant? = .now
    private var hasComplained = false
    /// Whether there was an answer, or an end of waiting for the first.
    private(set) var isOver = false

    private static let limit = Duration.seconds(10)
    /// Between two questions, while there is no answer.
    private static let pause = Duration.seconds(30)

    init(topic: String, log: Logger) {
        self.topic = topic
        self.log = log
    }

    /// Goes on with the question, without waiting.
    ///
    /// - Throws: `KafkaError` that names the topic, if it is compacted.
    func proceed(with consumer: KafkaConsumer) throws(KafkaError) {
        guard let next = nextRequest, next <= .now else { return }
        let policy: CleanupPolicy?
        do throws(KafkaError) {
            if request == nil { request = try consumer.askCleanupPolicy(of: topic, within: Self.limit) }
            guard let request else { return }
            policy = try request.policy(waiting: .zero)
        } catch {
            request = nil
            nextRequest = .now + Self.pause
            isOver = true
            complain(error)
            return
        }
        guard let policy else { return }
        end()
        try policy.requireEveryRecord(of: topic)
    }

    /// Lets go of a consumer that is about to be closed, to ask the next one.
    func leaveConsumer() { request = nil }

    /// Asks no more; before the consumer is closed.
    func end() {
        request = nil
        nextRequest = nil
        isOver = true
    }

    /// Once; of a topic that is not there, others speak, and of brokers that are away.
    private func complain(_ error: KafkaError) {
        guard error.isRefusal, !hasComplained else { return }
        hasComplained = true
        log.warning(
            "it can't be seen whether the topic of jobs is compacted, which would lose jobs",
            metadata: ["error": "\(error)", "kafka.topic": "\(topic)"])
    }
}
