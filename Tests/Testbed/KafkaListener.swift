/// A further port of a real Kafka's brokers, with a protocol of its own.
public struct KafkaListener: Sendable {
    /// In capitals, as brokers want it.
    public let name: String
    /// `SSL`, `SASL_SSL`, `SASL_PLAINTEXT` or `PLAINTEXT`.
    public let scheme: String
    /// Without the `listener.name.…` before them.
    public let properties: [String: String]
    /// What brokers tell clients to connect to, where that is not the port itself.
    public let advertised: Int?

    public init(_ name: String, _ scheme: String, _ properties: [String: String] = [:], advertised: Int? = nil) {
        self.name = name
        self.scheme = scheme
        self.properties = properties
        self.advertised = advertised
    }

    /// With TLS under a certificate.
    ///
    /// - Parameter clients: the authority of those that clients have to show; nil: they need none.
    public static func tls(
        _ name: String, _ certificate: TestCertificate, clients: CertificateAuthority? = nil
    ) -> KafkaListener {
        KafkaListener(name, "SSL", certificate.brokerProperties.merging(clients?.trustProperties ?? [:]) { $1 })
    }

    /// With log-ins by name and password.
    ///
    /// - Parameter certificate: nil: they go over the wire as they are.
    public static func passwords(
        _ name: String, _ certificate: TestCertificate?, _ users: [String: String]
    ) -> KafkaListener {
        let list = users.sorted { $0.key < $1.key }.map { "user_\($0.key)=\"\($0.value)\"" }.joined(separator: " ")
        var properties = certificate?.brokerProperties ?? [:]
        properties["sasl.enabled.mechanisms"] = "PLAIN"
        properties["plain.sasl.jaas.config"] =
            "org.apache.kafka.common.security.plain.PlainLoginModule required \(list);"
        return KafkaListener(name, certificate == nil ? "SASL_PLAINTEXT" : "SASL_SSL", properties)
    }
}
