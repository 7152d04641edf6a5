import Foundation
import Logging
import Testbed

@testable import Kafka

/// Reads the dead-letter topic as an operator's consumer would.
enum DeadLetterTopic {
    /// Everything in the topic, up to the end of its log.
    static func read(bootstrapServers: String) throws -> [KafkaRecord] {
        let topic = Site.topic + ".dead-letters"
        let consumer = try KafkaConsumer(
            KafkaClientConfiguration(
                bootstrapServers: bootstrapServers,
                properties: ["session.timeout.ms": "6000", "heartbeat.interval.ms": "500"]),
            group: "undertaker", logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        defer { consumer.close(within: .seconds(5)) }
        try consumer.subscribe(
            to: topic, onAssign: { partitions in Dictionary(uniqueKeysWithValues: partitions.map { ($0, .earliest) }) },
            onRevoke: { _, _ in })
        var records: [KafkaRecord] = []
        try eventually(within: 60, "the end of the dead-letter topic") {
            // The end is asked for when nothing more seems to come: the broker takes its time to answer.
            if let record = try consumer.poll(timeout: .milliseconds(50)) {
                records.append(record)
                return false
            }
            guard let partition = consumer.owned.first else { return false }
            return try consumer.watermarks(of: partition, within: .seconds(5)).upperBound == Int64(records.count)
        }
        return records
    }
}
