import CKafka

/// One message as it was read, copied out of librdkafka's memory.
package struct KafkaRecord: Sendable, Hashable {
    package let topicPartition: TopicPartition
    package let offset: Int64
    /// Milliseconds since 1970 in UTC; `nil` when the message carries none.
    package let timestamp: Int64?
    package let key: [UInt8]?
    /// `nil` is a tombstone: a message without value, which is something else than an empty one.
    package let value: [UInt8]?
    package let headers: [KafkaHeader]

    package var topic: String { topicPartition.topic }
    package var partition: Int32 { topicPartition.partition }

    /// What the record weighs in memory bounds.
    package var byteCount: Int {
        headers.reduce((key?.count ?? 0) + (value?.count ?? 0)) { $0 + $1.name.utf8.count + ($1.value?.count ?? 0) }
    }

    init(
        topicPartition: TopicPartition, offset: Int64, timestamp: Int64? = nil, key: [UInt8]? = nil, value: [UInt8]?,
        headers: [KafkaHeader] = []
    ) {
        self.topicPartition = topicPartition
        self.offset = offset
        self.timestamp = timestamp
        self.key = key
        self.value = value
        self.headers = headers
    }

    /// - Parameter message: without error; it stays the caller's.
    init(_ message: UnsafePointer<rd_kafka_message_t>, at place: TopicPartition) {
        var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        let time = rd_kafka_message_timestamp(message, &kind)
        self.init(
            topicPartition: place,
            offset: message.pointee.offset,
            timestamp: kind == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE || time < 0 ? nil : time,
            key: Self.copy(message.pointee.key, message.pointee.key_len),
            value: Self.copy(message.pointee.payload, message.pointee.len),
            headers: Self.headers(of: message))
    }

    private static func copy(_ bytes: UnsafeRawPointer?, _ count: Int) -> [UInt8]? {
        bytes.map { Array(UnsafeRawBufferPointer(start: $0, count: count)) }
    }

    private static func headers(of message: UnsafePointer<rd_kafka_message_t>) -> [KafkaHeader] {
        var list: OpaquePointer?
        guard rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { return [] }
        var found: [KafkaHeader] = []
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var count = 0
        while rd_kafka_header_get_all(list, found.count, &name, &value, &count) == RD_KAFKA_RESP_ERR_NO_ERROR {
            found.append(KafkaHeader(name.map { String(cString: $0) } ?? "", copy(value, count)))
        }
        return found
    }
}
