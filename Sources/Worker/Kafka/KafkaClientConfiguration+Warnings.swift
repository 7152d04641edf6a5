import CKafka
import Logging
import Synchronization

extension KafkaClientConfiguration {
    private static let hasSpoken = Atomic(false)

    /// Says, once a process, what library is at work and what of the settings is not safe.
    func tell(_ log: Logger) {
        guard !Self.hasSpoken.exchange(true, ordering: .relaxed) else { return }
        log.debug("reaching Kafka", metadata: ["librdkafka": "\(KafkaLibrary.version)"])
        if sendsPasswordInTheClear {
            log.warning(
                """
                the password for Kafka crosses the network in the clear: security.protocol is sasl_plaintext with PLAIN; use \
                sasl_ssl, or SCRAM-SHA-512, which does not send it
                """)
        }
    }

    /// Whether whoever listens on the way learns the password. Values that librdkafka does not take are refused elsewhere.
    var sendsPasswordInTheClear: Bool {
        var probe = KafkaProperties()
        for name in ["security.protocol", "sasl.mechanism", "sasl.mechanisms"] {
            if let value = properties[name] { try? probe.set(name, value) }
        }
        return probe.value(of: "security.protocol")?.lowercased() == "sasl_plaintext"
            && probe.value(of: "sasl.mechanisms")?.uppercased() == "PLAIN"
    }
}
