import Logging

@testable import Kafka

extension Site {
    /// Puts a message on the job topic as a producer that is none of ours would.
    func produce(_ value: String, key: String, headers: [KafkaHeader] = []) throws {
        let producer = try KafkaProducer(
            KafkaClientConfiguration(bootstrapServers: bootstrapServers),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        defer { producer.close(within: .seconds(5)) }
        try producer.send(to: Self.topic, key: Array(key.utf8), value: Array(value.utf8), headers: headers)
        try producer.flush(within: .seconds(30))
    }
}
