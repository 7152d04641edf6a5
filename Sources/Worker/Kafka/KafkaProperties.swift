import CKafka

/// librdkafka's own set of properties, before a client takes it over.
struct KafkaProperties: ~Copyable {
    private let pointer: OpaquePointer

    init() { pointer = rd_kafka_conf_new() }

    deinit { rd_kafka_conf_destroy(pointer) }

    /// Sets one property. librdkafka's own messages quote the value, so they are passed on only for properties that
    /// can't hold a credential.
    mutating func set(_ name: String, _ value: String) throws(KafkaError) {
        var reason = CStringBuffer()
        switch rd_kafka_conf_set(pointer, name, value, &reason.bytes, reason.bytes.count) {
        case RD_KAFKA_CONF_OK:
            return
        case RD_KAFKA_CONF_UNKNOWN:
            throw KafkaError(
                RD_KAFKA_RESP_ERR__INVALID_ARG,
                "“\(name)” is not a Kafka property that librdkafka \(String(cString: rd_kafka_version_str())) knows")
        default:
            if Self.isUnsupported(reason.text) {
                throw KafkaError(
                    RD_KAFKA_RESP_ERR__INVALID_ARG,
                    "the Kafka property “\(name)” is not in this build of librdkafka \(KafkaLibrary.version); leave it out, or run "
                        + "with a build that has it")
            }
            let why = Self.mayHoldSecret(name) ? "" : ": \(reason.text)"
            throw KafkaError(
                RD_KAFKA_RESP_ERR__INVALID_ARG, "the Kafka property “\(name)” doesn't take the given value\(why)")
        }
    }

    /// The value in use, default or set; `nil` for a property without one.
    func value(of name: String) -> String? {
        var buffer = CStringBuffer()
        var count = buffer.bytes.count
        guard rd_kafka_conf_get(pointer, name, &buffer.bytes, &count) == RD_KAFKA_CONF_OK else { return nil }
        return buffer.text
    }

    /// Whether there is a value, which stays in librdkafka.
    func hasValue(_ name: String) -> Bool {
        var count = 0
        return rd_kafka_conf_get(pointer, name, nil, &count) == RD_KAFKA_CONF_OK && count > 1
    }

    /// For the registration of callbacks; the pointer must not outlive the closure.
    func withPointer(_ body: (OpaquePointer) -> Void) { body(pointer) }

    /// Makes the client that owns these properties from then on.
    consuming func makeClient(_ kind: rd_kafka_type_t) throws(KafkaError) -> OpaquePointer {
        var reason = CStringBuffer()
        guard let client = rd_kafka_new(kind, pointer, &reason.bytes, reason.bytes.count) else {
            let error = KafkaError(rd_kafka_last_error(), "no Kafka client: \(reason.text)")
            _ = consume self
            throw error
        }
        // rd_kafka_new frees the properties with the client.
        discard self
        return client
    }

    /// librdkafka says so of what it was built without, and quotes no value there.
    static func isUnsupported(_ reason: String) -> Bool {
        reason.hasPrefix("Configuration property ") && reason.contains(" not supported in this build")
    }

    private static func mayHoldSecret(_ name: String) -> Bool {
        let marks = ["password", "secret", "username", "token", "oauthbearer", "pem", "jaas", "key", "engine", "kinit"]
        return marks.contains { name.contains($0) }
    }
}
