import CKafka

/// What every Kafka client of a process shares: where the brokers are, and the operator's own librdkafka properties
/// (TLS, SASL, time-outs).
package struct KafkaClientConfiguration: Sendable {
    /// `host:port`, comma-separated.
    let bootstrapServers: String
    /// librdkafka property names and values, which override ours except for those that correctness rests on.
    let properties: [String: String]

    package init(bootstrapServers: String, properties: [String: String] = [:]) {
        self.bootstrapServers = bootstrapServers
        self.properties = properties
    }

    /// For how long a group waits for a member that is silent, in milliseconds, as far as the operator says it.
    package var sessionTimeout: Int { properties["session.timeout.ms"].flatMap { Int($0) } ?? 45_000 }

    /// How any client comes to its brokers, unless the operator says otherwise.
    private static let connecting = [
        // Whoever is silent is named before a question is over.
        ("socket.connection.setup.timeout.ms", "8000"),
        ("api.version.request.timeout.ms", "8000"),
        ("reconnect.backoff.ms", "100"),
        // A broker that comes back under another address costs two such waits before anybody can be ready.
        ("reconnect.backoff.max.ms", "2000"),
    ]

    /// Properties in the order defaults, fixed ones, the operator's.
    ///
    /// - Throws: ``KafkaError`` for servers that are no list of `host:port`, or that names a property which librdkafka doesn't
    ///   know, which doesn't take its value, or which is fixed here and given another value by the operator, by whichever of its
    ///   names.
    func makeProperties(
        defaults: [(String, String)], fixed: [(String, String)]
    ) throws(KafkaError) -> KafkaProperties {
        try BootstrapServers.check(bootstrapServers)
        try KafkaSecurity.check(properties)
        var result = KafkaProperties()
        try result.set("client.id", "entente")
        for (name, value) in Self.connecting + defaults + fixed { try result.set(name, value) }
        // As librdkafka writes them, which has several spellings for some.
        let wanted = fixed.map { result.value(of: $0.0) }
        for (name, value) in properties.sorted(by: { $0.key < $1.key }) {
            if name == "bootstrap.servers" || name == "metadata.broker.list" {
                throw KafkaError(
                    RD_KAFKA_RESP_ERR__INVALID_ARG,
                    "the Kafka property “\(name)” is given by the bootstrap servers' own setting; leave it out here")
            }
            try result.set(name, value)
            let changed = zip(fixed, wanted).first { result.value(of: $0.0.0) != $0.1 }?.0
            if let rule = changed ?? Self.legacyRule(name, value, fixed) {
                let meant = name == rule.0 ? "" : "is another name of “\(rule.0)”, which "
                throw KafkaError(
                    RD_KAFKA_RESP_ERR__INVALID_ARG,
                    "the Kafka property “\(name)” \(meant)has to be “\(rule.1)” for exact counts; leave it out")
            }
        }
        try result.set("bootstrap.servers", bootstrapServers)
        return result
    }

    /// The rule that a property of librdkafka's earlier interface breaks. librdkafka keeps it apart from the one that took its place.
    private static func legacyRule(
        _ name: String, _ value: String, _ fixed: [(String, String)]
    ) -> (String, String)? {
        guard name == "auto.commit.enable" else { return nil }
        return fixed.first { $0.0 == "enable.auto.commit" && $0.1 != value.lowercased() }
    }
}
