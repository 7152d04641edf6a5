import Settings

extension Settings {
    /// How to reach Kafka.
    package func kafka() throws(SettingsError) -> KafkaClientConfiguration {
        KafkaClientConfiguration(
            bootstrapServers: try required(.kafkaBootstrapServers), properties: kafkaProperties)
    }
}
