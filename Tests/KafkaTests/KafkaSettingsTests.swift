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

    @Test(
        arguments: [
            ([:], "entente.image-jobs.dead-letters"), (["ENTENTE_KAFKA_TOPIC": "t"], "t.dead-letters"),
            (["ENTENTE_KAFKA_DEAD_LETTER_TOPIC": "Buried_1.x-y"], "Buried_1.x-y"),
            (["ENTENTE_KAFKA_DEAD_LETTER_TOPIC": "a topic"], nil), (["ENTENTE_KAFKA_DEAD_LETTER_TOPIC": ".."], nil),
            (["ENTENTE_KAFKA_DEAD_LETTER_TOPIC": "t\u{E9}"], nil),
            (["ENTENTE_KAFKA_DEAD_LETTER_TOPIC": String(repeating: "x", count: 250)], nil),
            (["ENTENTE_KAFKA_TOPIC": "t", "ENTENTE_KAFKA_DEAD_LETTER_TOPIC": "t"], nil),
        ] as [([String: String], String?)])
    func deadLettersHaveATopicOfTheirOwn(environment: [String: String], topic: String?) async throws {
        let settings = try await Settings(environment: environment)
        if let topic {
            #expect(try settings.deadLetterTopic() == topic)
        } else {
            let failure = #expect(throws: SettingsError.self) { try settings.deadLetterTopic() }
            #expect(failure?.description.contains("ENTENTE_KAFKA_DEAD_LETTER_TOPIC") == true)
        }
    }

    @Test func kafkaNeedsServers() async throws {
        let settings = try await Settings(environment: [:])
        let failure = #expect(throws: SettingsError.self) { try settings.kafka() }
        #expect(failure?.description.contains("ENTENTE_KAFKA_BOOTSTRAP_SERVERS") == true)
    }
}
