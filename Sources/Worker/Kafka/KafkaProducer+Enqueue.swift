import CKafka

extension KafkaProducer {
    static let defaults = [
        ("linger.ms", "20"),
        ("compression.codec", "zstd"),
        ("queue.buffering.max.messages", "10000"),
        ("queue.buffering.max.kbytes", "65536"),
        ("delivery.timeout.ms", "120000"),
    ]

    /// What "none lost, none twice, replay lands in the same partition" rests on.
    static let fixed = [
        ("enable.idempotence", "true"),
        ("acks", "all"),
        ("partitioner", "murmur2_random"),
        // A mistyped topic fails instead of being made, where nobody would read it.
        ("allow.auto.create.topics", "false"),
    ]

    /// A batch of the broker's is one message, and no batch is behind another: each is taken or refused for what it is.
    static let oneByOne = [
        ("batch.num.messages", "1"), ("linger.ms", "0"), ("max.in.flight.requests.per.connection", "1"),
    ]

    /// More than librdkafka and the broker add to one message's bytes: record and batch header, lengths, producer id.
    static let overhead = 512

    /// Hands one message to librdkafka, which copies it.
    ///
    /// - Returns: why it was not taken.
    static func produce(
        _ client: OpaquePointer, to topic: String, key: [UInt8]?, value: [UInt8]?, headers: [KafkaHeader],
        tag: UInt
    ) -> KafkaError? {
        let list = rd_kafka_headers_new(headers.count)
        for header in headers {
            withBytes(header.value) { bytes in
                _ = rd_kafka_header_add(list, header.name, -1, bytes.baseAddress, bytes.count)
            }
        }
        let failure = topic.withCString { topic in
            withBytes(key) { key in
                withBytes(value) { value in
                    let parts = [
                        entente_kafka_vu_topic(topic),
                        entente_kafka_vu_flags(RD_KAFKA_MSG_F_COPY),
                        entente_kafka_vu_bytes(RD_KAFKA_VTYPE_KEY, key.baseAddress, key.count),
                        entente_kafka_vu_bytes(RD_KAFKA_VTYPE_VALUE, value.baseAddress, value.count),
                        entente_kafka_vu_headers(list),
                        entente_kafka_vu_tag(tag),
                    ]
                    return rd_kafka_produceva(client, parts, parts.count)
                }
            }
        }
        guard let failure else { return nil }
        // Only a message that was taken takes its headers along.
        rd_kafka_headers_destroy(list)
        return KafkaError(consuming: failure, "can't send")
    }

    /// A null pointer stands for `nil` alone: an empty array gets an address, so that it isn't sent as a tombstone.
    private static func withBytes<R>(_ bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        guard let bytes else { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        if bytes.isEmpty {
            return withUnsafeBytes(of: UInt8(0)) { body(UnsafeRawBufferPointer(rebasing: $0[..<0])) }
        }
        return bytes.withUnsafeBytes(body)
    }
}
