import CKafka

/// One of the errors that librdkafka knows.
package struct KafkaErrorCode: Sendable, Hashable {
    let rawValue: rd_kafka_resp_err_t

    init(_ rawValue: rd_kafka_resp_err_t) { self.rawValue = rawValue }

    /// By librdkafka's name, such as `_TRANSPORT`, which drops the connection; nil if it knows no such error.
    package init?(named name: String) {
        var descriptions: UnsafePointer<rd_kafka_err_desc>?
        var count = 0
        rd_kafka_get_err_descs(&descriptions, &count)
        let known = UnsafeBufferPointer(start: descriptions, count: count)
        guard let found = known.first(where: { $0.name.map { String(cString: $0) == name } ?? false }) else {
            return nil
        }
        rawValue = found.code
    }

    package static func == (one: Self, other: Self) -> Bool { one.rawValue.rawValue == other.rawValue.rawValue }

    package func hash(into hasher: inout Hasher) { hasher.combine(rawValue.rawValue) }
}
