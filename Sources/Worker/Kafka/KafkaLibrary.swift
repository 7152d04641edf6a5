import CKafka

/// The librdkafka that this process has loaded.
package enum KafkaLibrary {
    /// Such as `2.0.2`.
    package static var version: String { String(cString: rd_kafka_version_str()) }
}
