import Settings
import Testbed
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

    /// The environment goes before the JSON file, and that before the properties file.
    @Test func propertiesComeFromThreePlaces() async throws {
        let scratch = try ScratchFolder()
        let properties = try scratch.write(
            "bootstrap.servers=f:1\nsasl.username=file\nsasl.password=Wombat\nssl.ca.location=/f\n",
            to: "kafka.properties")
        let json = try scratch.write(
            #"{"kafka": {"config_file": "\#(properties)", "properties": {"sasl.username": "json", "ssl.ca.location": "/j"}}}"#,
            to: "settings.json")
        let kafka = try await Settings(
            configFile: json, environment: ["ENTENTE_KAFKA_PROPERTIES_SSL_CA_LOCATION": "/e"]
        ).kafka()
        #expect(kafka.bootstrapServers == "f:1")
        #expect(
            kafka.properties == ["sasl.username": "json", "sasl.password": "Wombat", "ssl.ca.location": "/e"])
        let other = try await Settings(
            configFile: json, environment: ["ENTENTE_KAFKA_BOOTSTRAP_SERVERS": "e:1"]
        ).kafka()
        #expect(other.bootstrapServers == "e:1" && other.properties["bootstrap.servers"] == nil)
    }

    @Test(arguments: ["image jobs", ".", "..", "jobs/new", "jöbs", String(repeating: "x", count: 250), "a,b", "a:1"])
    func topicsHaveNamesThatKafkaTakes(name: String) async throws {
        let settings = try await Settings(
            environment: ["ENTENTE_KAFKA_TOPIC": name, "ENTENTE_KAFKA_BOOTSTRAP_SERVERS": "h:1"])
        let errors = [
            #expect(throws: SettingsError.self) { try settings.jobTopic() },
            #expect(throws: SettingsError.self) { try settings.kafka() },
            #expect(throws: SettingsError.self) { try settings.deadLetterTopic() },
        ]
        for error in errors {
            #expect(error?.description.contains("ENTENTE_KAFKA_TOPIC is “\(name.prefix(80))") == true)
        }
    }

    /// A topic that is as long as it may be has no room for what dead letters' is called.
    @Test func theLettersOfALongTopicNeedAName() async throws {
        let long = String(repeating: "t", count: 240)
        let settings = try await Settings(environment: ["ENTENTE_KAFKA_TOPIC": long])
        #expect(try settings.jobTopic() == long)
        let error = #expect(throws: SettingsError.self) { try settings.deadLetterTopic() }
        #expect(error?.description.contains("ENTENTE_KAFKA_DEAD_LETTER_TOPIC") == true)
    }

    @Test(
        arguments: [
            (["security.protocol": "sasl_plaintext", "sasl.mechanism": "PLAIN"], true),
            (["security.protocol": "SASL_PLAINTEXT", "sasl.mechanisms": "plain"], true),
            (["security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "SCRAM-SHA-512"], false),
            (["security.protocol": "SASL_SSL", "sasl.mechanism": "PLAIN"], false), (["sasl.mechanism": "PLAIN"], false),
            ([:], false), (["security.protocol": "x", "sasl.mechanism": "PLAIN"], false),
        ] as [([String: String], Bool)])
    func passwordsInTheClearAreKnown(properties: [String: String], isClear: Bool) {
        let configuration = KafkaClientConfiguration(bootstrapServers: "h:1", properties: properties)
        #expect(configuration.sendsPasswordInTheClear == isClear)
    }
}
