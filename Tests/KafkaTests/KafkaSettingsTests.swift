import Settings
import Testing

@testable import Kafka

@Suite struct KafkaSettingsTests {
    @Test func kafkaPropertiesComeFromTheEnvironment() async throws {
        let settings = try await Settings(environment: [
            "ENTENTE_KAFKA_PROPERTIES_SECURITY_PROTOCOL": "SASL_SSL",
            "ENTENTE_KAFKA_PROPERTIES_SASL_PASSWORD": "a=b;C",
            "ENTENTE_KAFKA_TOPIC": "t", "ENTENTE_KAFKA_BOOTSTRAP_SERVERS": "h:1,i:2", "KAFKA_PROPERTIES_X": "y",
        ])
        let kafka = try settings.kafka()
        #expect(kafka.bootstrapServers == "h:1,i:2")
        #expect(kafka.properties == ["security.protocol": "SASL_SSL", "sasl.password": "a=b;C"])
    }

    @Test func kafkaNeedsServers() async throws {
        let settings = try await Settings(environment: [:])
        let failure = #expect(throws: SettingsError.self) { try settings.kafka() }
        #expect(failure?.description.contains("ENTENTE_KAFKA_BOOTSTRAP_SERVERS") == true)
    }
}
