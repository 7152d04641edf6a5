import CKafka

/// What is set of TLS and log-ins, without the secrets.
struct KafkaSecurity: Sendable {
    /// As `sasl.mechanism` says it.
    let mechanism: String
    /// Whether there is a certificate to show to brokers.
    let hasCertificate: Bool

    init(_ properties: borrowing KafkaProperties) {
        mechanism = properties.value(of: "sasl.mechanisms") ?? ""
        var names = ["ssl.certificate.location", "ssl.keystore.location"].compactMap { properties.value(of: $0) }
        names.removeAll(where: \.isEmpty)
        hasCertificate = !names.isEmpty || properties.hasValue("ssl.certificate.pem")
    }

    /// Refuses what would go unused: somebody means connections to be safer than they are.
    ///
    /// - Parameter properties: those of the operator.
    /// - Throws: ``KafkaError`` that names the first of them.
    static func check(_ properties: [String: String]) throws(KafkaError) {
        let scheme = properties["security.protocol"]?.lowercased() ?? "plaintext"
        let wanted = ["sasl.": "sasl_ssl or sasl_plaintext", "ssl.": "ssl or sasl_ssl"]
        for (prefix, protocols) in wanted where !scheme.contains(prefix.dropLast()) {
            guard let name = properties.keys.filter({ $0.hasPrefix(prefix) }).min() else { continue }
            throw KafkaError(
                RD_KAFKA_RESP_ERR__INVALID_ARG,
                "the Kafka property “\(name)” is given and would not be used, since security.protocol is “\(scheme)”; set that to "
                    + "\(protocols), or leave “\(name)” out")
        }
        guard scheme.hasPrefix("sasl"), properties["sasl.mechanism"] == nil, properties["sasl.mechanisms"] == nil,
            !properties.keys.contains(where: { $0.hasPrefix("sasl.kerberos.") })
        else { return }
        throw KafkaError(
            RD_KAFKA_RESP_ERR__INVALID_ARG,
            "security.protocol is “\(scheme)”, and the Kafka property “sasl.mechanism” is not set, which would be Kerberos; set it "
                + "to PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512, or set sasl.kerberos.service.name")
    }
}
