import CKafka

/// What went wrong between this process and Kafka, or in the Kafka settings.
///
/// ``description`` is one sentence with librdkafka's name of the error; it holds no payload and no setting's value
/// that could be a credential.
struct KafkaError: Error, Sendable, Hashable, CustomStringConvertible {
    /// librdkafka's number: negative ones arose in the client, positive ones are the protocol's.
    let code: Int32
    /// What was being done, and why it failed.
    let context: String
    /// The client can do nothing more and has to be replaced.
    let isFatal: Bool
    /// The partition it concerns, where there is one.
    let partition: TopicPartition?
    /// The offset it concerns, where there is one.
    let offset: Int64?

    init(
        code: Int32, _ context: String, isFatal: Bool = false, partition: TopicPartition? = nil, offset: Int64? = nil
    ) {
        self.code = code
        self.context = context
        self.isFatal = isFatal
        self.partition = partition
        self.offset = offset
    }

    init(
        _ code: rd_kafka_resp_err_t, _ context: String, partition: TopicPartition? = nil, offset: Int64? = nil
    ) {
        self.init(
            code: code.rawValue, context, isFatal: code == RD_KAFKA_RESP_ERR__FATAL, partition: partition,
            offset: offset)
    }

    /// Takes over and frees what a librdkafka call returned.
    init(consuming error: OpaquePointer, _ context: String) {
        self.init(
            code: rd_kafka_error_code(error).rawValue,
            "\(context): \(String(cString: rd_kafka_error_string(error)))",
            isFatal: rd_kafka_error_is_fatal(error) != 0)
        rd_kafka_error_destroy(error)
    }

    /// librdkafka's name of the code, such as `_TRANSPORT` or `OFFSET_OUT_OF_RANGE`.
    var name: String { String(cString: rd_kafka_err2name(rd_kafka_resp_err_t(rawValue: code))) }

    /// The same call may succeed later without anybody changing a setting, a permission or the message.
    var isRetriable: Bool { !isFatal && !Self.permanent.contains(code) }

    /// The place to read from is no longer, or not yet, in the log: records are lost, or the topic was made anew.
    /// The partition stays assigned and silent until the worker decides (``KafkaConsumer/stop(_:)``, then
    /// ``KafkaConsumer/start(_:at:)``).
    var isOutOfRange: Bool {
        code == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET.rawValue || code == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE.rawValue
    }

    /// The message is larger than the client or the broker takes.
    var isTooLarge: Bool {
        code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE.rawValue
            || code == RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE.rawValue
    }

    /// Nothing came back in the time allowed.
    var isTimeout: Bool { code == RD_KAFKA_RESP_ERR__TIMED_OUT.rawValue }

    var description: String { "\(context) (\(name))" }

    private static let permanent: Set<Int32> = Set(
        [
            RD_KAFKA_RESP_ERR__INVALID_ARG, RD_KAFKA_RESP_ERR__STATE, RD_KAFKA_RESP_ERR__NOT_IMPLEMENTED,
            RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE, RD_KAFKA_RESP_ERR__FATAL, RD_KAFKA_RESP_ERR__FENCED,
            RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, RD_KAFKA_RESP_ERR__AUTHENTICATION,
            RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE,
            RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE, RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION,
            RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL, RD_KAFKA_RESP_ERR_INVALID_GROUP_ID,
            RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
            RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM,
            RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED, RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION,
            RD_KAFKA_RESP_ERR_POLICY_VIOLATION, RD_KAFKA_RESP_ERR_INVALID_RECORD,
            RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID,
        ].map(\.rawValue))
}
