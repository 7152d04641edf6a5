import Foundation
import Persistence
import Testbed
import Testing

@testable import Kafka

// What an autoscaler makes of Kafka's copy of the offsets, against what the tables say.
extension RealKafkaTests {
    private static let partitions = 4

    /// By partition: what Kafka says to whoever scales by it.
    private static func logs(_ site: Site) throws -> [Int: ScalingRule.Log] {
        let committed = try committed(site, partitions: partitions)
        return Dictionary(
            uniqueKeysWithValues: try site.watermarks().enumerated().map { number, log in
                let place = TopicPartition(topic: Site.topic, partition: Int32(number))
                return (number, ScalingRule.Log(committed: committed[place], end: log.upperBound))
            })
    }

    /// By partition, the first offset whose outcome is not in the tables.
    private static func stored(_ site: Site) throws -> [Int: Int64] {
        let rows = try site.connect().query("SELECT partition, coalesce(next_offset, 0) FROM entente.job_offsets")
        return Dictionary(
            uniqueKeysWithValues: try (0..<rows.count).map { (Int(try rows.int($0, 0)), try rows.bigint($0, 1)) })
    }

    /// Jobs whose outcome is not in the tables.
    private static func waiting(_ site: Site, _ logs: [Int: ScalingRule.Log]) throws -> Int64 {
        let stored = try stored(site)
        return logs.reduce(0) { $0 + $1.value.end - stored[$1.key, default: 0] }
    }

    private static func expectAgreement(_ site: Site, on count: Int64, _ moment: Comment) throws {
        let logs = try logs(site)
        var rule = try ScalingRule()
        #expect(rule.lag(of: logs) == count, moment)
        #expect(try waiting(site, logs) == count, moment)
        #expect(try offsets(site).reduce(0) { $0 + ($1.lag ?? 0) } == count, moment)
    }

    /// Jobs from before the group began, jobs that wait, that are held, that are done, and marks of transactions at the end.
    @Test func theLagThatScalersSeeIsWhatTheTablesSay() async throws {
        try await onOwnThread {
            let site = try Site(partitions: Self.partitions, kafka: 1)
            defer { site.end(keepingIn: ProcessInfo.processInfo.environment["ENTENTE_TEST_LOGS"]) }
            let ids = DrawnWorld.ids(perClass: 6)
            _ = try site.submit(Array(ids.prefix(8)), imagesPerJob: 1)
            var rule = try ScalingRule()
            #expect(try rule.lag(of: Self.logs(site)) == 8, "nobody has begun")

            try site.work(["--start", "latest"])
            try Self.expectAgreement(site, on: 0, "what lies before the group's beginning is nobody's")
            let submitted = try site.submit(Array(ids.dropFirst(8).prefix(40)), imagesPerJob: 1)
            try Self.expectAgreement(site, on: 40, "no worker is there")
            #expect(rule.workers(for: 40, partitions: Self.partitions) == 2)

            // Held, one of them goes on to ask for a worker that has nothing to do, unless what does not move is left out.
            let all = try Self.logs(site)
            let held = try #require(all.max { $0.value.end < $1.value.end }?.key)
            let left = try #require(all[held].map { $0.end - ($0.committed ?? 0) })
            try #require(left > 0)
            #expect(try site.entente(["offsets", "hold", "--partition", "\(held)"]).status == 0)
            let worker = try site.worker(["--lanes", "1", "--batch-size", "1"])
            try eventually("all others are done") {
                // Kafka is told of what is stored and of nothing else, so a scaler counts no job too few.
                let logs = try Self.logs(site)
                let stored = try Self.stored(site)
                #expect(logs.allSatisfy { $0.value.committed ?? 0 <= stored[$0.key, default: 0] })
                return try site.status(submitted.analysis).pending == 8 + Int(left)
            }
            try eventually("Kafka is told") { try rule.lag(of: Self.logs(site)) == left }
            try Self.expectAgreement(site, on: left, "partition \(held) is held")
            var patient = try ScalingRule(leavesOutPersistentLag: true)
            #expect(try patient.lag(of: Self.logs(site)) == left)
            #expect(try patient.lag(of: Self.logs(site)) == 0, "it has not moved since")

            #expect(try site.entente(["offsets", "release", "--partition", "\(held)"]).status == 0)
            try eventually("all is done") { try site.status(submitted.analysis).pending == 8 }
            let producer = try TransactionalProducer(KafkaClientConfiguration(bootstrapServers: site.bootstrapServers))
            try producer.begin()
            try producer.send(to: TopicPartition(topic: Site.topic, partition: Int32(held)), "no job, taken back")
            try producer.abort()
            // The record, and the mark that brokers write behind it a moment later.
            let end = try #require(all[held]?.end) + 2
            try eventually("the mark is there") { try site.watermarks()[held].upperBound == end }
            try eventually("the mark is passed over, and Kafka told") { try rule.lag(of: Self.logs(site)) == 0 }
            worker.signal(SIGTERM)
            #expect(try worker.wait(within: 60).status == 0)
            try Self.expectAgreement(site, on: 0, "all is done, and a transaction was taken back")

            // However much waits, more workers than partitions would have nothing to do; one more is asked for until whole thresholds
            // are more than the partitions.
            _ = try site.submit(Array(ids.prefix(90)), imagesPerJob: 1)
            try Self.expectAgreement(site, on: 90, "much waits")
            #expect(rule.workers(for: 90, partitions: 4) == 5 && rule.workers(for: 100, partitions: 4) == 4)
            #expect(rule.workers(for: 81, partitions: 3) == 3 && rule.workers(for: 0, partitions: 4) == 0)
        }
    }
}
