import CKafka
import Logging
import Threads

extension KafkaProducer {
    /// What is not so yet soon after a topic was made, or after brokers were started.
    private static let settling: Set<rd_kafka_resp_err_t.RawValue> = [
        RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART.rawValue, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC.rawValue,
        RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE.rawValue, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS.rawValue,
    ]

    /// For brokers to agree on what was just made.
    private static let settlingTime = Duration.seconds(5)
    private static let patience = Duration.seconds(10)

    /// A producer for one topic, once everything was asked that can be: whether the topic is there and can be written to, how it
    /// gets rid of its records, how large they may be, and whether this user may write. Nothing is sent yet.
    ///
    /// Its ``maximumMessageBytes`` are what both the client and the topic take.
    /// - Parameter check: hears how the topic is configured; an empty configuration where brokers don't say.
    /// - Throws: ``KafkaError`` that names what is in the way.
    package static func ready(
        for topic: String, _ configuration: KafkaClientConfiguration, logger: Logger,
        check: (TopicConfiguration) throws(KafkaError) -> Void
    ) throws(KafkaError) -> KafkaProducer {
        let producer = try KafkaProducer(configuration, logger: logger, tellsState: true)
        do {
            try producer.awaitTopic(topic, minimumCopies: 1)
            let found = producer.configurationOrNone(of: topic)
            try check(found)
            if let copies = found.minimumCopies { try producer.awaitTopic(topic, minimumCopies: copies) }
            try producer.awaitID(for: topic)
            guard let limit = found.maximumMessageBytes, limit < producer.maximumMessageBytes + overhead else {
                return producer
            }
            // A batch is one message to the topic, whose limit it may not pass either.
            producer.close(within: .seconds(2))
            return try KafkaProducer(configuration, logger: logger, messageLimit: limit)
        } catch {
            producer.close(within: .seconds(2))
            throw error
        }
    }

    private func awaitTopic(_ topic: String, minimumCopies: Int) throws(KafkaError) {
        let deadline = ContinuousClock.now + Self.settlingTime
        while true {
            do {
                return try handle.checkWritable(topic, minimumCopies: minimumCopies, within: Self.patience)
            } catch {
                guard Self.settling.contains(.init(truncatingIfNeeded: error.code)), deadline.remaining > .zero else {
                    throw error
                }
                poll(within: .milliseconds(200))
            }
        }
    }

    private func configurationOrNone(of topic: String) -> TopicConfiguration {
        do { return try topicConfiguration(of: topic, within: Self.patience) } catch {
            handle.context.logger.warning(
                "it can't be seen whether the topic of jobs is compacted, which would lose jobs",
                metadata: ["error": "\(error)", "kafka.topic": "\(topic)"])
            return TopicConfiguration()
        }
    }

    /// Brokers give a producer its number only if it may write to some topic.
    private func awaitID(for topic: String) throws(KafkaError) {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            poll(within: .milliseconds(100))
            if let fatal { throw fatal }
            if hasID { return }
            guard deadline.remaining > .zero else {
                throw handle.context.troubles.failure(
                    RD_KAFKA_RESP_ERR__TIMED_OUT, "no broker gives a number to whoever writes to the topic “\(topic)”")
            }
        }
    }

    /// Why messages did not arrive: librdkafka tries again until their time is over, and then says that alone.
    package func cause(of failure: KafkaError, to topic: String) -> KafkaError {
        let isTime = [
            RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR__QUEUE_FULL,
        ].contains { $0.rawValue == failure.code }
        guard isTime, !failure.isFatal else { return failure }
        do throws(KafkaError) {
            let copies = configurationOrNone(of: topic).minimumCopies ?? 1
            try handle.checkWritable(topic, minimumCopies: copies, within: Self.patience)
        } catch {
            return KafkaError(code: error.code, "\(failure.context): \(error.context)", partition: error.partition)
        }
        guard let known = handle.context.troubles.summary() else { return failure }
        return KafkaError(code: known.code, "\(failure.context): \(known.context)")
    }
}
