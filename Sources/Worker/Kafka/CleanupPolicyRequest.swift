import CKafka
import Threads

/// A question to the brokers that is under way: how a topic is configured, above all how it gets rid of its records
/// (`cleanup.policy`).
///
/// Belongs to the thread of the client that asked, and must be gone before the client is closed.
package final class CleanupPolicyRequest {
    private let queue: OpaquePointer
    private let topic: String
    private let deadline: ContinuousClock.Instant

    /// - Parameters:
    ///   - broker: the one that is asked. Any will do; librdkafka by itself would wait for a controller, which its in-process broker
    ///     has none of.
    ///   - limit: within which it has to answer.
    init(_ client: OpaquePointer, topic: String, broker: Int32, within limit: Duration) {
        self.topic = topic
        // librdkafka's own end of it comes first.
        deadline = .now + limit + .seconds(1)
        queue = rd_kafka_queue_new(client)
        let options = rd_kafka_AdminOptions_new(client, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS)
        defer { rd_kafka_AdminOptions_destroy(options) }
        _ = rd_kafka_AdminOptions_set_request_timeout(options, limit.kafkaMilliseconds, nil, 0)
        _ = rd_kafka_AdminOptions_set_broker(options, broker, nil, 0)
        var resource = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic)
        defer { rd_kafka_ConfigResource_destroy(resource) }
        rd_kafka_DescribeConfigs(client, &resource, 1, options, queue)
    }

    deinit { rd_kafka_queue_destroy(queue) }

    /// Waits for the answer.
    ///
    /// - Returns: nil while there is none, which without end there is not.
    /// - Throws: ``KafkaError``: no answer in time, no right to ask, no such topic.
    package func policy(waiting limit: Duration) throws(KafkaError) -> CleanupPolicy? {
        try configuration(waiting: limit)?.cleanupPolicy
    }

    /// As ``policy(waiting:)``, with the rest of it.
    func configuration(waiting limit: Duration) throws(KafkaError) -> TopicConfiguration? {
        guard let event = rd_kafka_queue_poll(queue, limit.kafkaMilliseconds) else {
            if deadline < .now { throw error(RD_KAFKA_RESP_ERR__TIMED_OUT) }
            return nil
        }
        defer { rd_kafka_event_destroy(event) }
        let code = rd_kafka_event_error(event)
        if code == RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE { return TopicConfiguration() }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw error(code) }
        return try configuration(in: rd_kafka_event_DescribeConfigs_result(event))
    }

    private func configuration(in result: OpaquePointer?) throws(KafkaError) -> TopicConfiguration {
        var count = 0
        guard let result, let resource = rd_kafka_DescribeConfigs_result_resources(result, &count)?[0], count == 1
        else {
            return TopicConfiguration()
        }
        let code = rd_kafka_ConfigResource_error(resource)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw error(code) }
        let entries = rd_kafka_ConfigResource_configs(resource, &count)
        var found = TopicConfiguration()
        for index in 0..<count {
            guard let entry = entries?[index], let name = rd_kafka_ConfigEntry_name(entry) else { continue }
            let value = rd_kafka_ConfigEntry_value(entry).map { String(cString: $0) } ?? ""
            switch String(cString: name) {
            case "cleanup.policy": found.cleanupPolicy = .told(value)
            case "max.message.bytes": found.maximumMessageBytes = Int(value)
            case "min.insync.replicas": found.minimumCopies = Int(value)
            default: continue
            }
        }
        return found
    }

    private func error(_ code: rd_kafka_resp_err_t) -> KafkaError {
        KafkaError(code, "no word about the cleanup.policy of the topic “\(topic)”")
    }
}

extension KafkaConsumer {
    /// Asks how a topic gets rid of its records, without waiting for the answer.
    ///
    /// - Returns: nil while no broker is known.
    /// - Throws: ``KafkaError``: brokers were known, and none says within a second which there are.
    package func askCleanupPolicy(of topic: String, within limit: Duration) throws(KafkaError) -> CleanupPolicyRequest?
    {
        guard handle.hasMetadata else { return nil }
        return CleanupPolicyRequest(
            handle.pointer, topic: topic, broker: try handle.someBroker(asking: topic, within: .seconds(1)),
            within: limit)
    }
}

extension KafkaProducer {
    /// Asks how a topic is configured, and waits for the answer.
    func topicConfiguration(of topic: String, within limit: Duration) throws(KafkaError) -> TopicConfiguration {
        let request = CleanupPolicyRequest(
            handle.pointer, topic: topic, broker: try handle.someBroker(asking: topic, within: limit), within: limit)
        while true { if let found = try request.configuration(waiting: .seconds(1)) { return found } }
    }
}
