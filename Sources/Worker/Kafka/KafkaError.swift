import CKafka

/// What went wrong between this process and Kafka, or in the Kafka settings.
///
/// ``description`` is one sentence with librdkafka's name of the error; it holds no payload and no setting's value
/// that could be a credential.
package struct KafkaError: Error, Sendable, Hashable, CustomStringConvertible {
    /// librdkafka's number: negative ones arose in the client, positive ones are the protocol's.
    let code: Int32
    /// What was being done, and why it failed.
    let context: String
    /// The client can do nothing more and has to be replaced.
    package let isFatal: Bool
    /// The partition it concerns, where there is one.
    package let partition: TopicPartition?
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
    package var name: String { String(cString: rd_kafka_err2name(rd_kafka_resp_err_t(rawValue: code))) }

    /// The place to read from is no longer, or not yet, in the log: records are lost, or the topic was made anew.
    /// The partition stays assigned and silent until the worker decides (``KafkaConsumer/stop(_:)``, then
    /// ``KafkaConsumer/start(_:at:)``).
    package var isOutOfRange: Bool {
        code == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET.rawValue || code == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE.rawValue
            || code == Self.logTruncation
    }

    /// `_LOG_TRUNCATION`, of libraries after 2.0.2: an election left out what was read.
    private static let logTruncation: Int32 = -139

    /// A broker does not know the topic or the partition: it was deleted, perhaps to be made anew, or is not there yet.
    package var isUnknownTopic: Bool {
        code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART.rawValue || code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC.rawValue
            || code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION.rawValue
    }

    /// The brokers say that this user has no right to it.
    package var isRefusal: Bool {
        code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED.rawValue
            || code == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED.rawValue
    }

    /// The message is larger than the client or the broker takes.
    package var isTooLarge: Bool {
        code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE.rawValue
            || code == RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE.rawValue
    }

    /// The topic takes the message in no form of this content, whatever its size.
    package var isInvalidRecord: Bool { code == RD_KAFKA_RESP_ERR_INVALID_RECORD.rawValue }

    package var description: String { "\(context) (\(name))" }
}
