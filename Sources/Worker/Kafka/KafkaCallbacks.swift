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
    let severity: Logger.Level =
        switch level {
        // Complaints that a consumer's property was given to a producer: the operator's properties serve both.
        case _ where facility == "CONFWARN": .debug
        case ...2: .critical
        case 3: .error
        case 4: .warning
        case 5: .notice
        case 6: .info
        default: .debug
        }
    context.logger.log(
        level: severity, "librdkafka",
        metadata: ["kafka.facility": "\(facility)", "kafka.text": "\(text.map { String(cString: $0) } ?? "")"])
}

/// Runs on the client's thread inside a poll, a flush or a close. Most of these errors mend themselves.
func kafkaErrorCallback(
    client: OpaquePointer?, code: Int32, reason: UnsafePointer<CChar>?, opaque: UnsafeMutableRawPointer?
) {
    guard let client, let context = kafkaContext(opaque) else { return }
    let text = reason.map { String(cString: $0) } ?? ""
    context.onError(kafkaFatalError(client, orElse: KafkaError(rd_kafka_resp_err_t(rawValue: code), text)))
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

/// Runs on the consumer's thread inside `rd_kafka_consumer_poll`, every `statistics.interval.ms`. Returns 0: librdkafka frees
/// the text.
func kafkaStatisticsCallback(
    client: OpaquePointer?, json: UnsafeMutablePointer<CChar>?, count: Int, opaque: UnsafeMutableRawPointer?
) -> Int32 {
    if let statistics = KafkaStatistics(json: UnsafeRawBufferPointer(start: json, count: count)) {
        kafkaContext(opaque)?.onStatistics(statistics)
    }
    return 0
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
    return KafkaError(code: code.rawValue, reason.text, isFatal: true)
}
