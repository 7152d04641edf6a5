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

    /// Properties in the order defaults, the operator's, fixed ones.
    ///
    /// - Throws: ``KafkaError`` for servers that are no list of `host:port`, or that names a property which librdkafka doesn't
    ///   know, which doesn't take its value, or which is fixed here and given another value by the operator.
    func makeProperties(
        defaults: [(String, String)], fixed: [(String, String)]
    ) throws(KafkaError) -> KafkaProperties {
        try BootstrapServers.check(bootstrapServers)
        var result = KafkaProperties()
        try result.set("client.id", "entente")
        for (name, value) in defaults { try result.set(name, value) }
        for (name, value) in properties.sorted(by: { $0.key < $1.key }) {
            if name == "bootstrap.servers" || name == "metadata.broker.list" {
                throw KafkaError(
                    RD_KAFKA_RESP_ERR__INVALID_ARG,
                    "the Kafka property “\(name)” is given by the bootstrap servers' own setting; leave it out here")
            }
            if let rule = fixed.first(where: { $0.0 == name }), rule.1 != value {
                throw KafkaError(
                    RD_KAFKA_RESP_ERR__INVALID_ARG,
                    "the Kafka property “\(name)” has to be “\(rule.1)” for exact counts; leave it out")
            }
            try result.set(name, value)
        }
        for (name, value) in fixed { try result.set(name, value) }
        try result.set("bootstrap.servers", bootstrapServers)
        return result
    }
}
