import Foundation
import Logging
import Testbed

@testable import Kafka

/// A broker with one topic, and clients of it with time-outs that suit tests.
final class KafkaBench: Sendable {
    static let topic = "image-jobs"

    let broker: MockBroker
    let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    init(partitions: Int = 1, brokers: Int = 1) throws {
        broker = try MockBroker(
            topics: [MockTopic(name: Self.topic, partitions: partitions)], brokers: brokers, logger: logger)
    }

    func place(_ partition: Int32) -> TopicPartition { TopicPartition(topic: Self.topic, partition: partition) }

    func configuration(_ properties: [String: String] = [:]) -> KafkaClientConfiguration {
        KafkaClientConfiguration(bootstrapServers: broker.bootstrapServers, properties: properties)
    }

    /// Below 3 s of session the mock expires members before its first join ends.
    func consumer(_ group: String = "group", _ properties: [String: String] = [:]) throws -> KafkaConsumer {
        let own = ["session.timeout.ms": "4000", "heartbeat.interval.ms": "300", "reconnect.backoff.max.ms": "500"]
        return try KafkaConsumer(configuration(own.merging(properties) { $1 }), group: group, logger: logger)
    }

    func producer(_ properties: [String: String] = [:]) throws -> KafkaProducer {
        try KafkaProducer(
            configuration(["linger.ms": "5", "reconnect.backoff.max.ms": "500"].merging(properties) { $1 }),
            logger: logger)
    }

    /// Values "0", "1", … to partitions that the keys decide.
    func fill(_ count: Int, padding: Int = 0) throws {
        let producer = try producer()
        for number in 0..<count {
            let text = String(number) + String(repeating: " ", count: padding)
            try producer.send(to: Self.topic, key: Array("key \(number)".utf8), value: Array(text.utf8))
        }
        try producer.flush(within: .seconds(20))
        producer.close(within: .seconds(5))
    }
}

extension KafkaRecord {
    /// The number that ``KafkaBench/fill(_:padding:)`` wrote.
    var number: Int? { value.flatMap { Int(String(decoding: $0, as: UTF8.self).filter { $0 != " " }) } }
}

extension KafkaConsumer {
    /// Polls until `enough` holds, and returns what came meanwhile.
    func collect(
        within seconds: Double = 60, _ what: String, until enough: ([KafkaRecord]) throws -> Bool
    ) throws -> [KafkaRecord] {
        var records: [KafkaRecord] = []
        try eventually(within: seconds, what) {
            if let record = try poll(timeout: .milliseconds(20)) { records.append(record) }
            return try enough(records)
        }
        return records
    }

    func collect(_ count: Int, within seconds: Double = 60) throws -> [KafkaRecord] {
        try collect(within: seconds, "\(count) records") { $0.count >= count }
    }

    /// Polls for a while that is long for a broker on the same machine.
    func silence(_ time: Duration = .milliseconds(400)) throws -> [KafkaRecord] {
        var records: [KafkaRecord] = []
        let deadline = ContinuousClock.now + time
        while deadline.remaining > .zero {
            if let record = try poll(timeout: deadline.remaining) { records.append(record) }
        }
        return records
    }
}
