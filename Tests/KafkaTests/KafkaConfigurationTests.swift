import CKafka
import Logging
import Testing

@testable import Kafka

@Suite struct KafkaConfigurationTests {
    private let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    private func consumer(_ properties: [String: String]) throws(KafkaError) {
        let consumer = try KafkaConsumer(
            KafkaClientConfiguration(bootstrapServers: "127.0.0.1:1", properties: properties), group: "g",
            logger: logger)
        consumer.close(within: .seconds(5))
    }

    @Test func unknownPropertyIsNamed() throws {
        let error = try #require(throws: KafkaError.self) { try consumer(["session.timeout": "1"]) }
        #expect(error.description.contains("“session.timeout”"))
    }

    @Test func badValueIsNamedWithItsRange() throws {
        let error = try #require(throws: KafkaError.self) { try consumer(["session.timeout.ms": "-5"]) }
        #expect(error.description.contains("“session.timeout.ms”"))
        #expect(error.description.contains("range"))
    }

    @Test(arguments: ["ssl.key.pem", "sasl.oauthbearer.config", "ssl.certificate.pem", "sasl.password"])
    func secretsStayOutOfMessages(name: String) throws {
        // A value that no property takes: the C interface ends it at the zero.
        do {
            try consumer([
                name: "hunter2-hunter2", "sasl.mechanism": "PLAIN", "security.protocol": "sasl_ssl",
            ])
        } catch {
            #expect(!"\(error)".contains("hunter2"), "\(error)")
        }
        let error = try #require(throws: KafkaError.self) { try consumer(["sasl.pasword": "hunter2"]) }
        #expect(!"\(error)".contains("hunter2"))
    }

    @Test(arguments: [
        ("enable.auto.commit", "true"), ("auto.offset.reset", "earliest"), ("partition.assignment.strategy", "range"),
    ])
    func whatCountsRestOnCannotBeChanged(name: String, value: String) throws {
        let error = try #require(throws: KafkaError.self) { try consumer([name: value]) }
        #expect(error.description.contains("“\(name)”"))
    }

    @Test(arguments: [
        (
            ["sasl.username": "quokka"],
            "“sasl.username” is given and would not be used, since security.protocol is “plaintext”"
        ),
        (["sasl.mechanisms": "PLAIN", "security.protocol": "SSL"], "set that to sasl_ssl or sasl_plaintext"),
        (["ssl.ca.location": "/quokka"], "set that to ssl or sasl_ssl"),
        (
            ["ssl.key.password": "quokka", "sasl.mechanism": "PLAIN", "security.protocol": "SASL_PLAINTEXT"],
            "“ssl.key.password”"
        ), (["security.protocol": "sasl_ssl", "sasl.username": "quokka"], "“sasl.mechanism” is not set"),
    ]) func whatWouldGoUnusedIsRefused(properties: [String: String], words: String) throws {
        let error = try #require(throws: KafkaError.self) { try consumer(properties) }
        #expect(error.description.contains(words), "\(error)")
        #expect(error.name == "_INVALID_ARG" && !error.description.contains("quokka"), "\(error)")
    }

    @Test func whatABuildLacksIsSaidOfSecretsToo() {
        #expect(
            KafkaProperties.isUnsupported(
                "Configuration property \"sasl.oauthbearer.client.secret\" not supported in this build: OIDC"))
        #expect(!KafkaProperties.isUnsupported("Invalid value \" not supported in this build\" for a property"))
    }

    /// librdkafka has several names for some, and several spellings of some values.
    @Test(arguments: [
        ("request.required.acks", "1", "acks"), ("acks", "0", "acks"),
        ("allow.auto.create.topics", "true", "allow.auto"),
        ("enable.idempotence", "false", "enable.idempotence"), ("partitioner", "random", "partitioner"),
    ])
    func producersHaveTheirsToo(name: String, value: String, rule: String) throws {
        let configuration = KafkaClientConfiguration(bootstrapServers: "127.0.0.1:1", properties: [name: value])
        let error = try #require(throws: KafkaError.self) { try KafkaProducer(configuration, logger: logger) }
        #expect(error.description.contains("“\(name)”") && error.description.contains("“\(rule)"), "\(error)")
        #expect(error.name == "_INVALID_ARG")
    }

    @Test(arguments: [("auto.commit.enable", "true"), ("group.id", "another")])
    func theirOtherNamesCannotEither(name: String, value: String) throws {
        let error = try #require(throws: KafkaError.self) { try consumer([name: value]) }
        #expect(error.description.contains("“\(name)”"), "\(error)")
    }

    @Test func sameValueAsOursIsNoConflict() throws {
        try consumer([
            "enable.auto.commit": "false", "isolation.level": "READ_COMMITTED", "auto.commit.enable": "False",
        ])
        let spellings = ["request.required.acks": "-1", "enable.idempotence": "TRUE"]
        let configuration = KafkaClientConfiguration(bootstrapServers: "127.0.0.1:1", properties: spellings)
        try KafkaProducer(configuration, logger: logger).close(within: .seconds(5))
    }

    @Test func bootstrapServersHaveTheirOwnSetting() throws {
        #expect(throws: KafkaError.self) { try consumer(["bootstrap.servers": "elsewhere:9092"]) }
        #expect(throws: KafkaError.self) {
            try KafkaProducer(KafkaClientConfiguration(bootstrapServers: ""), logger: logger)
        }
    }

    @Test func errorsHaveLibrdkafkasNames() {
        #expect(KafkaError(RD_KAFKA_RESP_ERR__TRANSPORT, "no broker").description == "no broker (_TRANSPORT)")
    }

    @Test(arguments: [
        (Duration.zero, Int32(0)), (.seconds(-3), 0), (.milliseconds(-1), 0), (.nanoseconds(1), 1),
        (.milliseconds(1500), 1500),
        (.seconds(1 << 40), 1_000_000_000),
    ]) func timeoutsNeverTurnIntoForever(duration: Duration, milliseconds: Int32) {
        #expect(duration.kafkaMilliseconds == milliseconds)
    }

    @Test(arguments: ["a", ":3", "a:", "a:0", "a:x", "a b:1", "a:1001", "..:1", "ä:1"])
    func badTopicsAreRefused(text: String) {
        #expect(throws: KafkaError.self) { try MockTopic(parsing: text) }
    }

    @Test func topicsRead() throws {
        #expect(try MockTopic(parsing: "entente.image-jobs:6") == MockTopic(name: "entente.image-jobs", partitions: 6))
    }
}
