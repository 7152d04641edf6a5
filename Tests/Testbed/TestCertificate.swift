/// A certificate of a ``CertificateAuthority``, and its key: PEM files.
public struct TestCertificate: Sendable {
    /// The certificate alone.
    public let certificate: String
    public let key: String
    /// Key, certificate and that of the authority, as Kafka's brokers read them.
    let store: String

    var brokerProperties: [String: String] { ["ssl.keystore.type": "PEM", "ssl.keystore.location": store] }

    /// What a client of ours is told of it.
    public var environment: [String: String] {
        [
            "ENTENTE_KAFKA_PROPERTIES_SSL_CERTIFICATE_LOCATION": certificate,
            "ENTENTE_KAFKA_PROPERTIES_SSL_KEY_LOCATION": key,
        ]
    }
}
