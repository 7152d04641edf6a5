import Logging
import Testing

@testable import Kafka

@Suite struct BootstrapServersTests {
    @Test(arguments: [
        "broker:9092", "broker", "a:1,b-2.example.org:65535", "a:1, b:2 ,", "[::1]:9092", "[fe80::1%eth0]:9092",
        "SASL_SSL://broker:9093", "plaintext://a:1,ssl://b:2", "k\u{f6}ln:9092", "under_score:1",
    ]) func listsAreTaken(list: String) throws { try BootstrapServers.check(list) }

    @Test(arguments: [
        "worker:Quokka@broker:9092", "SASL_SSL://worker:Quokka@broker:9092", "worker:Quokka", "Quokka@broker",
        "broker:9092,worker:Quo,kka/@b:1", "kafka://worker:Quokka@b", "Quokka/x:1", "b:1?password=Quokka", "b:0", "b:x",
        "[::1:Quokka", "[Quokka@x]:1", "b:1\nQuokka:2", ":9092",
    ]) func whatMayHoldAPasswordIsRefusedUnsaid(list: String) throws {
        let configuration = KafkaClientConfiguration(bootstrapServers: list)
        let error = try #require(throws: KafkaError.self) {
            try KafkaProducer(configuration, logger: Logger(label: "x", factory: { _ in SwiftLogNoOpLogHandler() }))
        }
        #expect(error.name == "_INVALID_ARG")
        #expect(!"\(error)".contains("Quo") && !"\(error)".contains("kka"), "\(error)")
        #expect("\(error)".contains("host:port") && "\(error)".contains("ENTENTE_KAFKA_PROPERTIES_SASL_PASSWORD"))
    }

    @Test(arguments: [",", " , ,", "kafka://Quokka", "b:1,http://Quokka:9092", "SSL2://Quokka:1", "://Quokka"])
    func otherFormsAreNamed(list: String) throws {
        let error = try #require(throws: KafkaError.self) { try BootstrapServers.check(list) }
        #expect("\(error)".contains("host:port") && !"\(error)".contains("Quokka"), "\(error)")
        #expect("\(error)".contains("protocol") == list.contains("://"))
    }

    @Test func theEntryIsNumbered() throws {
        let error = try #require(throws: KafkaError.self) { try BootstrapServers.check("a:1,b:2,c:3@d") }
        #expect("\(error)".contains("entry 3"))
    }
}
