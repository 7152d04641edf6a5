import Settings

extension Settings {
    /// How to reach Kafka. The properties file may name the servers, which ``Setting/kafkaBootstrapServers`` goes before.
    ///
    /// - Throws: ``SettingsError``: no servers are named, a name that no topic can have, a properties file that can't be used.
    package func kafka() throws(SettingsError) -> KafkaClientConfiguration {
        _ = try jobTopic()
        var ofFile = try kafkaConfigFile()
        var servers = value(.kafkaBootstrapServers) ?? ""
        for name in ["bootstrap.servers", "metadata.broker.list"] {
            if let named = ofFile.removeValue(forKey: name), servers.isEmpty { servers = named }
        }
        if servers.isEmpty { servers = try required(.kafkaBootstrapServers) }
        let configuration = KafkaClientConfiguration(
            bootstrapServers: servers, properties: ofFile.merging(kafkaProperties) { $1 })
        configuration.tell(try logger("entente.kafka"))
        return configuration
    }

    /// The topic of image jobs.
    ///
    /// - Throws: ``SettingsError`` for a name that no topic can have.
    package func jobTopic() throws(SettingsError) -> String {
        let name = try required(.kafkaTopic)
        try check(name, of: .kafkaTopic)
        return name
    }

    /// Where dead letters go.
    ///
    /// - Throws: ``SettingsError`` for a name that no topic can have, and for that of image jobs, which would feed on itself.
    package func deadLetterTopic() throws(SettingsError) -> String {
        let jobs = try jobTopic()
        guard let name = value(.kafkaDeadLetterTopic), !name.isEmpty else {
            let name = jobs + ".dead-letters"
            guard TopicName.isValid(name) else {
                throw SettingsError(
                    "\(Setting.kafkaTopic.variable) is so long that dead letters can't go to \(quoted(name)); name their topic "
                        + "in \(Setting.kafkaDeadLetterTopic.variable).")
            }
            return name
        }
        try check(name, of: .kafkaDeadLetterTopic)
        guard name != jobs else {
            throw SettingsError(
                "\(Setting.kafkaDeadLetterTopic.variable) is \(quoted(name)), the topic of image jobs; name another one."
            )
        }
        return name
    }

    private func check(_ name: String, of setting: Setting) throws(SettingsError) {
        guard TopicName.isValid(name) else {
            throw SettingsError(
                "\(setting.variable) is \(quoted(name)), which no topic can be called; a name has \(TopicName.rule).")
        }
    }
}
