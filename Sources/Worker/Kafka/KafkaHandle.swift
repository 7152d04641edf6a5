import CKafka
import Foundation
import Logging
import Threads

/// The owner of one librdkafka client and of the context its callbacks use.
final class KafkaHandle {
    let context: KafkaClientContext
    private let client: OpaquePointer
    private var isDestroyed = false

    var pointer: OpaquePointer {
        precondition(!isDestroyed, "a Kafka client is used after its close")
        return client
    }

    /// - Throws: ``KafkaError`` when librdkafka refuses the properties as a whole.
    init(
        _ kind: rd_kafka_type_t, _ properties: consuming KafkaProperties, logger: Logger
    ) throws(KafkaError) {
        let troubles = BrokerTroubles(
            KafkaSecurity(properties), servers: properties.value(of: "bootstrap.servers") ?? "the brokers")
        let context = KafkaClientContext(logger: logger, troubles: troubles)
        let opaque = Unmanaged.passRetained(context)
        properties.withPointer { conf in
            rd_kafka_conf_set_opaque(conf, opaque.toOpaque())
            rd_kafka_conf_set_log_cb(conf, kafkaLogCallback)
            rd_kafka_conf_set_error_cb(conf, kafkaErrorCallback)
            rd_kafka_conf_set_stats_cb(conf, kafkaStatisticsCallback)
            // Refused by a library without TLS, which has no certificates to verify either.
            _ = rd_kafka_conf_set_ssl_cert_verify_cb(conf, kafkaCertificateCallback)
            rd_kafka_conf_set_throttle_cb(conf, kafkaThrottleCallback)
            if kind == RD_KAFKA_CONSUMER {
                rd_kafka_conf_set_rebalance_cb(conf, kafkaRebalanceCallback)
                rd_kafka_conf_set_offset_commit_cb(conf, kafkaCommitCallback)
            } else {
                rd_kafka_conf_set_dr_msg_cb(conf, kafkaDeliveryCallback)
            }
        }
        do {
            client = try properties.makeClient(kind)
        } catch {
            opaque.release()
            throw error
        }
        self.context = context
    }

    deinit { _ = destroy(within: .seconds(5)) }

    /// Lets the client live on until the process ends, where freeing it would do harm.
    func abandon() {
        isDestroyed = true
        context.detach()
    }

    /// Frees the client on a thread of its own and waits for that at most so long: `rd_kafka_destroy` of 2.0.2 can hang.
    ///
    /// - Returns: whether it ended in time. Otherwise its threads live on until the process ends.
    @discardableResult
    func destroy(within limit: Duration) -> Bool {
        guard !isDestroyed else { return true }
        isDestroyed = true
        context.detach()
        // The handle gives up the pointer here: from now on the destroying thread alone uses it.
        nonisolated(unsafe) let pointer = client
        // Retained since `init`; only its logger, which is Sendable, is still used, by librdkafka's own threads.
        nonisolated(unsafe) let opaque = Unmanaged.passUnretained(context)
        let ended = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            // The consumer has left the group by now, or is not to wait for that.
            rd_kafka_destroy_flags(pointer, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
            opaque.release()
            ended.signal()
        }
        return ended.wait(timeout: .now() + .milliseconds(Int(limit.kafkaMilliseconds))) == .success
    }

    /// Whether a broker has said which brokers there are.
    var hasMetadata: Bool {
        guard let id = rd_kafka_clusterid(pointer, 0) else { return false }
        rd_kafka_mem_free(pointer, id)
        return true
    }

    /// The number of a broker, of the one that answers first if it has one. Asks.
    ///
    /// - Parameter topic: what is asked about beside the brokers, be it there or not. Without one librdkafka asks about whatever it
    ///   looks for itself just then, and lets brokers make that, also where `allow.auto.create.topics` is off.
    /// - Throws: ``KafkaError``: no broker answered in time.
    func someBroker(asking topic: String, within limit: Duration) throws(KafkaError) -> Int32 {
        try withMetadata(of: topic, asking: "the brokers", within: limit) { (metadata) throws(KafkaError) in
            let known = UnsafeBufferPointer(start: metadata.brokers, count: Int(metadata.broker_cnt)).map(\.id)
            guard let first = known.first else {
                throw KafkaError(RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE, "no broker is there")
            }
            return known.contains(metadata.orig_broker_id) ? metadata.orig_broker_id : first
        }
    }

    /// The number of partitions of a topic.
    ///
    /// - Throws: ``KafkaError``: the topic is unknown, or no broker answered in time.
    func partitionCount(of topic: String, within limit: Duration) throws(KafkaError) -> Int {
        try leaders(of: topic, within: limit).count
    }

    /// The broker that leads each partition of a topic; negative for one that has none now.
    ///
    /// - Throws: ``KafkaError``: the topic is unknown, or no broker answered in time.
    func leaders(of topic: String, within limit: Duration) throws(KafkaError) -> [Int32: Int32] {
        try withPartitions(of: topic, within: limit) { (partitions) throws(KafkaError) in
            Dictionary(partitions.map { ($0.id, $0.leader) }) { $1 }
        }
    }

    /// Asks for a topic's partitions, which last as long as `body` does.
    ///
    /// - Parameter refusal: what is said of a topic that can't be used.
    /// - Throws: ``KafkaError``: the topic is unknown, or no broker answered in time.
    func withPartitions<Value>(
        of topic: String, within limit: Duration,
        refusal: (rd_kafka_resp_err_t) -> KafkaError? = { _ in nil },
        _ body: (UnsafeBufferPointer<rd_kafka_metadata_partition>) throws(KafkaError) -> Value
    ) throws(KafkaError) -> Value {
        try withMetadata(of: topic, asking: "the topic “\(topic)”", within: limit) { (metadata) throws(KafkaError) in
            guard metadata.topic_cnt > 0, let found = metadata.topics?.pointee else {
                throw KafkaError(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, "the topic “\(topic)” does not exist")
            }
            guard found.err == RD_KAFKA_RESP_ERR_NO_ERROR else {
                throw refusal(found.err) ?? KafkaError(found.err, "the topic “\(topic)” can't be used")
            }
            return try body(UnsafeBufferPointer(start: found.partitions, count: Int(found.partition_cnt)))
        }
    }

    /// Asks about a topic, be it there or not, and the brokers.
    ///
    /// - Parameter subject: what nobody answered about, for the error.
    private func withMetadata<Value>(
        of topic: String, asking subject: String, within limit: Duration,
        _ body: (rd_kafka_metadata) throws(KafkaError) -> Value
    ) throws(KafkaError) -> Value {
        guard let handle = rd_kafka_topic_new(pointer, topic, nil) else {
            throw KafkaError(rd_kafka_last_error(), "“\(topic)” is no name of a topic")
        }
        defer { rd_kafka_topic_destroy(handle) }
        var metadata: UnsafePointer<rd_kafka_metadata>?
        let code = rd_kafka_metadata(pointer, 0, handle, &metadata, limit.kafkaMilliseconds)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata else {
            throw context.troubles.failure(code, "no answer about \(subject)")
        }
        defer { rd_kafka_metadata_destroy(metadata) }
        return try body(metadata.pointee)
    }
}
