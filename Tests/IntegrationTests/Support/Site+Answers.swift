import Foundation
import Logging
import Persistence
import Testing

@testable import Kafka

/// What `status --json` prints.
struct Standing: Decodable, Hashable {
    let expected: Int
    let done: Int
    let failed: Int
    let pending: Int
}

extension Site {
    func status(_ analysis: String) throws -> Standing {
        let end = try entente(["status", "--analysis", analysis, "--json"])
        try #require(end.status == 0, "\(end)")
        return try JSONDecoder().decode(Standing.self, from: Data(end.output.utf8))
    }

    /// Expects that every roll-up equals the rows.
    func expectRollupsTrue(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let end = try entente(["verify", "--json"])
        #expect(end.output == "{\"differences\":[]}\n", "\(end)", sourceLocation: sourceLocation)
        #expect(end.status == 0, sourceLocation: sourceLocation)
    }

    /// Messages whose outcome is in the database, over all partitions.
    func offsetsStored(group: String = "entente") throws -> Int {
        try connect().number(
            "SELECT coalesce(sum(next_offset), 0)::bigint FROM entente.job_offsets WHERE consumer_group = '\(group)'")
    }
}

extension Site {
    /// The offsets that the broker has of each partition of a topic.
    func watermarks(of topic: String = Site.topic) throws -> [Range<Int64>] {
        let consumer = try KafkaConsumer(
            KafkaClientConfiguration(bootstrapServers: bootstrapServers), group: "onlooker",
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        defer { consumer.close(within: .seconds(5)) }
        return try (0..<consumer.partitionCount(of: topic, within: .seconds(10))).map {
            try consumer.watermarks(of: TopicPartition(topic: topic, partition: Int32($0)), within: .seconds(10))
        }
    }

    /// A producer as `submit` has it.
    func producer(_ properties: [String: String] = [:]) throws -> KafkaProducer {
        try KafkaProducer(
            KafkaClientConfiguration(bootstrapServers: bootstrapServers, properties: properties),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }
}

extension Connection {
    /// The one number that a query gives.
    func number(_ sql: String) throws -> Int { Int(try query(sql).bigint(0, 0)) }

    /// The first column of a query's rows.
    func strings(_ sql: String) throws -> [String] {
        let rows = try query(sql)
        return try (0..<rows.count).map { try rows.text($0, 0) }
    }
}
