import CKafka

/// The librdkafka that this process has loaded.
package enum KafkaLibrary {
    /// Such as `2.0.2`.
    package static var version: String { String(cString: rd_kafka_version_str()) }

    static var release: KafkaRelease { KafkaRelease(number: rd_kafka_version()) }

    /// What is said beside a log-in that a broker refused, if librdkafka itself may be why: right passwords are refused too.
    ///
    /// - Parameters:
    ///   - code: of the error.
    ///   - text: librdkafka's own about it, which names the mechanism.
    static func note(on code: rd_kafka_resp_err_t, _ text: String, of release: KafkaRelease = release) -> String {
        guard code == RD_KAFKA_RESP_ERR__AUTHENTICATION || code == RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED,
            text.contains("SCRAM"), release < .scramNonce
        else { return "" }
        return
            "; librdkafka \(release) can't log in to Kafka 4 with SCRAM, whatever the password, since it repeats its nonce: run "
            + "with librdkafka \(KafkaRelease.scramNonce) or newer (Debian 13 has one), or with another mechanism"
    }
}
