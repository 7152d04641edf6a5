import CKafka
import Logging

// The C functions that librdkafka calls. Each finds the client's context behind the opaque pointer; none may throw, and
// none keeps a pointer it was given.

/// Runs on whichever librdkafka thread has something to say, at any time between `rd_kafka_new` and the end of
/// `rd_kafka_destroy`, the former included. Must not call back into the client.
func kafkaLogCallback(
    client: OpaquePointer?, level: Int32, facility: UnsafePointer<CChar>?, text: UnsafePointer<CChar>?
) {
    guard let client, let context = kafkaContext(rd_kafka_opaque(client)) else { return }
    let facility = facility.map { String(cString: $0) } ?? ""
    let words = text.map { String(cString: $0) } ?? ""
    if facility == "FAIL", level < 7 { context.troubles.note(words) }
    let severity: Logger.Level =
        switch level {
        // Said in our words where errors are heard, or when a question fails.
        case _ where facility == "FAIL" || facility == "SSLCERTVRFY": .debug
        // Complaints that a consumer's property was given to a producer: the operator's properties serve both.
        case _ where facility == "CONFWARN": .debug
        // The in-process broker answers as brokers before Kafka 0.11 did, which nothing here works with.
        case _ where facility == "AUTOCREATE": .debug
        case ...2: .critical
        case 3: .error
        case 4: .warning
        case 5: .notice
        case 6: .info
        default: .debug
        }
    let metadata: Logger.Metadata = ["kafka.facility": "\(facility)", "kafka.text": "\(words)"]
    guard severity > .info else { return context.logger.log(level: severity, "librdkafka", metadata: metadata) }
    context.say(severity, "librdkafka", of: words, metadata)
}

/// Runs on the client's thread inside a poll, a flush or a close. Most of these errors mend themselves.
func kafkaErrorCallback(
    client: OpaquePointer?, code: Int32, reason: UnsafePointer<CChar>?, opaque: UnsafeMutableRawPointer?
) {
    guard let client, let context = kafkaContext(opaque) else { return }
    let text = reason.map { String(cString: $0) } ?? ""
    let code = rd_kafka_resp_err_t(rawValue: code)
    let error =
        code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN
        ? context.troubles.failure(code, text)
        : context.troubles.note(text) ?? KafkaError(code, text + KafkaLibrary.note(on: code, text))
    context.onError(kafkaFatalError(client, orElse: error))
}

/// Runs on a thread of librdkafka's own, for each certificate of a broker's chain until one is refused. Leaves the verdict as it
/// is, and takes it down.
func kafkaCertificateCallback(
    client: OpaquePointer?, broker: UnsafePointer<CChar>?, id: Int32, error: UnsafeMutablePointer<Int32>?, depth: Int32,
    certificate: UnsafePointer<CChar>?, count: Int, reason: UnsafeMutablePointer<CChar>?, capacity: Int,
    opaque: UnsafeMutableRawPointer?
) -> Int32 {
    guard let error else { return 0 }
    kafkaContext(opaque)?.troubles.verified(
        broker.map { String(cString: $0) } ?? "", CertificateVerdict(error: error.pointee, depth: depth))
    return error.pointee == 0 ? 1 : 0
}

/// Runs on the consumer's thread inside `rd_kafka_consumer_poll`, also the polls of a close. The group waits for it, up
/// to `max.poll.interval.ms`.
func kafkaRebalanceCallback(
    client: OpaquePointer?, code: rd_kafka_resp_err_t,
    partitions: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?, opaque: UnsafeMutableRawPointer?
) {
    kafkaContext(opaque)?.onRebalance(code, TopicPartitionList.elements(of: partitions).map(\.place))
}

/// Runs on the consumer's thread inside `rd_kafka_consumer_poll`, once per asynchronous commit.
func kafkaCommitCallback(
    client: OpaquePointer?, code: rd_kafka_resp_err_t,
    offsets: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?, opaque: UnsafeMutableRawPointer?
) {
    kafkaContext(opaque)?.onCommit(code, TopicPartitionList.elements(of: offsets))
}

/// Runs on the client's thread inside a poll, every `statistics.interval.ms`. Returns 0: librdkafka frees
/// the text.
func kafkaStatisticsCallback(
    client: OpaquePointer?, json: UnsafeMutablePointer<CChar>?, count: Int, opaque: UnsafeMutableRawPointer?
) -> Int32 {
    if let statistics = KafkaStatistics(json: UnsafeRawBufferPointer(start: json, count: count)) {
        kafkaContext(opaque)?.onStatistics(statistics)
    }
    return 0
}

/// Runs on the client's thread inside a poll, a flush or a close, once for each answer that a quota delayed, and once with 0 when
/// none does any more.
func kafkaThrottleCallback(
    client: OpaquePointer?, broker: UnsafePointer<CChar>?, id: Int32, milliseconds: Int32,
    opaque: UnsafeMutableRawPointer?
) {
    guard milliseconds > 0 else { return }
    kafkaContext(opaque)?.throttled(
        by: broker.map { String(cString: $0) } ?? "", for: .milliseconds(Int64(milliseconds)))
}

/// Runs on the producer's thread inside `rd_kafka_poll` or `rd_kafka_flush`, once per message.
func kafkaDeliveryCallback(
    client: OpaquePointer?, message: UnsafePointer<rd_kafka_message_t>?, opaque: UnsafeMutableRawPointer?
) {
    guard let message else { return }
    kafkaContext(opaque)?.onDelivery(message)
}

private func kafkaContext(_ opaque: UnsafeMutableRawPointer?) -> KafkaClientContext? {
    opaque.map { Unmanaged<KafkaClientContext>.fromOpaque($0).takeUnretainedValue() }
}

/// `_FATAL` only says that there is a fatal error; this is the error itself.
func kafkaFatalError(_ client: OpaquePointer, orElse other: KafkaError) -> KafkaError {
    guard other.isFatal else { return other }
    var reason = CStringBuffer()
    let code = rd_kafka_fatal_error(client, &reason.bytes, reason.bytes.count)
    guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return other }
    // Brokers give producer ids to whoever may write to some topic, and call it a right on the cluster.
    let note =
        code == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED && reason.text.contains("idempotence")
        ? "; this user may write to no topic: give it WRITE on the topic that it is to write to"
        : GroupProtocol.noteOnTwin(code)
    return KafkaError(code: code.rawValue, reason.text + note, isFatal: true)
}
