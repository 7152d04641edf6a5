import Foundation
import Logging
import Persistence
import Testbed
import Testing

@testable import Kafka

// A partition's log that is not what its stored offset was counted in. Kafka tells nobody.
extension RealKafkaTests {
    private static let ids = DrawnWorld.ids(perClass: 6)

    /// What `offsets list --json` prints.
    struct OffsetLine: Decodable {
        let partition: Int32
        let next, log_start, log_end, lag: Int64?
        let held: String?
    }

    static func offsets(_ site: Site, environment: [String: String] = [:]) throws -> [OffsetLine] {
        let end = try site.entente(["offsets", "list", "--json"], environment: environment)
        try #require(end.status == 0, "\(end)")
        return try end.output.split(separator: "\n").map {
            try JSONDecoder().decode(OffsetLine.self, from: Data($0.utf8))
        }
    }

    /// One topic after another in one Kafka, since a broker takes ten seconds to start: the topic is made anew while no worker
    /// runs, shorter and longer than it was read, and with fewer partitions.
    @Test(arguments: [(1, 9, 1), (1, 4, 1), (4, 12, 2)])
    func aTopicMadeAnewWaitsForAnOperator(partitions: Int, fresh: Int, remade: Int) async throws {
        try await onOwnThread {
            let site = try Site(partitions: partitions, kafka: 1)
            defer { site.end(keepingIn: ProcessInfo.processInfo.environment["ENTENTE_TEST_LOGS"]) }
            let kafka = try #require(site.kafka)
            let before = 6 * partitions
            let first = try site.submit(Array(Self.ids.prefix(before)), imagesPerJob: 1)
            try site.work()
            try kafka.remakeTopic(Site.topic, partitions: remade)
            _ = try site.submit(Array(Self.ids.dropFirst(before).prefix(fresh)), imagesPerJob: 1)

            // Nothing is skipped, and a run that ends says so.
            let refused = try site.worker(["--until-idle", "1"]).wait(within: 120)
            #expect(refused.status == 69, "\(refused)")
            #expect(refused.errors.contains("entente offsets set"), "\(refused)")
            #expect(
                try site.status(first.analysis)
                    == Standing(expected: before + fresh, done: before, failed: 0, pending: fresh))

            // A worker that stays says so to whoever asks.
            let worker = try site.worker(environment: OperationsPort.environment)
            let port = try OperationsPort(of: worker)
            let held = try Self.offsets(site).filter { $0.held != nil }
            #expect(!held.isEmpty)
            try eventually("the worker names each partition that waits") {
                try port.unreadiness().filter { $0.kind == "partition_held" }.count == held.count
            }
            try eventually("the worker counts them, and what waits in them") {
                let metrics = try port.metrics()
                return metrics["entente_held_partitions"] == Double(held.count)
                    && held.allSatisfy { line in
                        metrics["entente_consumer_lag{topic=\"\(Site.topic)\",partition=\"\(line.partition)\"}"]
                            == line.lag.map(Double.init)
                    }
            }
            #expect(held.compactMap(\.lag).reduce(0, +) == Int64(fresh))

            let set = try site.entente(["offsets", "set", "--all", "--to", "earliest"])
            // What the topic has no more can't be read from anywhere.
            #expect(set.status == (remade < partitions ? 69 : 0), "\(set)")
            if remade < partitions {
                for number in 0..<remade {
                    let end = try site.entente(["offsets", "set", "--partition", "\(number)", "--to", "earliest"])
                    #expect(end.status == 0, "\(end)")
                }
            }
            try eventually(within: 120, "the new topic's jobs") { try site.status(first.analysis).pending == 0 }
            try eventually("the worker is ready") { try port.unreadiness().isEmpty }
            worker.signal(SIGTERM)
            #expect(try worker.wait(within: 60).status == 0)
            #expect(try site.status(first.analysis).done == before + fresh)
            try site.expectRollupsTrue()
        }
    }

    @Test func aTopicMadeAnewUnderAWorkerWaitsForAnOperator() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 2, kafka: 1)
            defer { site.end(keepingIn: ProcessInfo.processInfo.environment["ENTENTE_TEST_LOGS"]) }
            let kafka = try #require(site.kafka)
            let worker = try site.worker(environment: OperationsPort.environment)
            let port = try OperationsPort(of: worker)
            let first = try site.submit(Array(Self.ids.prefix(12)), imagesPerJob: 1)
            try eventually(within: 120, "the first jobs") { try site.status(first.analysis).pending == 0 }
            try kafka.remakeTopic(Site.topic, partitions: 2)
            // More than there were, so that every stored offset lies in the new logs.
            _ = try site.submit(Array(Self.ids.dropFirst(12).prefix(30)), imagesPerJob: 1)
            try eventually(within: 120, "the worker names both") {
                try port.unreadiness().filter { $0.kind == "partition_held" }.count == 2
            }
            #expect(try site.status(first.analysis).pending == 30)
            #expect(try site.entente(["offsets", "set", "--all", "--to", "0"]).status == 0)
            try eventually(within: 120, "the new topic's jobs") { try site.status(first.analysis).pending == 0 }
            worker.signal(SIGTERM)
            #expect(try worker.wait(within: 60).status == 0)
        }
    }

    /// Another cluster's topic of the same name, with the same database.
    @Test func anotherClusterWaitsForAnOperator() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1, kafka: 1)
            defer { site.end() }
            let first = try site.submit(Array(Self.ids.prefix(5)), imagesPerJob: 1)
            try site.work()
            let other = try Site(partitions: 1, postgres: site.uri, kafka: 1)
            defer { other.end() }
            _ = try other.submit(Array(Self.ids.dropFirst(5).prefix(8)), imagesPerJob: 1)
            let end = try other.worker(["--until-idle", "1"]).wait(within: 120)
            #expect(end.status == 69, "\(end)")
            #expect(try site.status(first.analysis).pending == 8)
        }
    }

    /// `--start latest` means the moment of the group's first start, whatever becomes of that worker.
    @Test(arguments: [SIGKILL, SIGTERM]) func theFirstStartIsRemembered(signal: Int32) async throws {
        try await onOwnThread {
            let site = try Site(partitions: 2, kafka: 1)
            defer { site.end() }
            let kafka = try #require(site.kafka)
            let old = try site.submit(Array(Self.ids.prefix(4)), imagesPerJob: 1)
            let first = try site.worker(["--start", "latest"])
            for number in 0..<2 {
                try first.waitForErrors(containing: "kafka.partition=\(Site.topic)[\(number)]", within: 60)
            }
            first.signal(signal)
            _ = try first.wait(within: 60)
            try kafka.grow(Site.topic, to: 6)
            _ = try site.submit(Array(Self.ids.dropFirst(4).prefix(24)), imagesPerJob: 1)
            try eventually("jobs went to the partitions that came later") {
                try site.watermarks().dropFirst(2).contains { $0.upperBound > 0 }
            }
            let end = try site.worker(["--until-idle", "1", "--start", "latest"]).wait(within: 120)
            #expect(end.status == 0, "\(end)")
            #expect(try site.status(old.analysis) == Standing(expected: 28, done: 24, failed: 0, pending: 4))
        }
    }

    /// Records that expire before anybody has read them are missed, and not in silence.
    @Test func recordsThatExpireUnreadAreNoticed() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1, kafka: 1)
            defer { site.end() }
            let kafka = try #require(site.kafka)
            try site.work()
            let submitted = try site.submit(Array(Self.ids.prefix(5)), imagesPerJob: 1)
            try kafka.expire(Site.topic, 0, before: 3)
            let end = try site.worker(["--until-idle", "1"]).wait(within: 120)
            #expect(end.status == 69 && end.errors.contains("expired unread"), "\(end)")
            let release = try site.entente(["offsets", "release", "--all"])
            #expect(release.status == 65 && release.errors.contains("offsets set"), "\(release)")
            #expect(try site.entente(["offsets", "set", "--partition", "0", "--to", "earliest"]).status == 0)
            try site.work()
            #expect(try site.status(submitted.analysis) == Standing(expected: 5, done: 2, failed: 0, pending: 3))
        }
    }

    /// Marks of transactions are records to nobody: at a log's end they are neither lag nor, once they expire, a loss.
    @Test func marksOfTransactionsAreNoJobs() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1, kafka: 1)
            defer { site.end() }
            let kafka = try #require(site.kafka)
            let place = TopicPartition(topic: Site.topic, partition: 0)
            let producer = try TransactionalProducer(
                KafkaClientConfiguration(bootstrapServers: site.bootstrapServers))
            for round in 0..<2 {
                try producer.begin()
                try producer.send(to: place, "no job, kept \(round)")
                try producer.commit()
                try producer.begin()
                try producer.send(to: place, "no job, taken back \(round)")
                try producer.abort()
            }
            try site.work()
            let end = try #require(try Self.offsets(site).first)
            #expect(end.next == 8 && end.log_end == 8 && end.lag == 0)
            let committed = try Self.committed(site, partitions: 1)
            #expect(committed == [place: 8])

            try kafka.expire(Site.topic, 0, before: 8)
            let submitted = try site.submit(Array(Self.ids.prefix(2)), imagesPerJob: 1)
            try site.work()
            #expect(try site.status(submitted.analysis).done == 2)

            // An open transaction hides what comes behind it, which is not nothing.
            try producer.begin()
            try producer.send(to: place, "no job, open")
            _ = try site.submit(Array(Self.ids.dropFirst(2).prefix(2)), imagesPerJob: 1)
            let worker = try site.worker(["--until-idle", "0.5"])
            try worker.waitForErrors(containing: "partition assigned")
            #expect(throws: DeadlinePassed.self) { try eventually(within: 8, "its end") { !worker.isRunning } }
            try producer.abort()
            let done = try worker.wait(within: 60)
            #expect(done.status == 0, "\(done)")
            #expect(try site.status(submitted.analysis) == Standing(expected: 4, done: 4, failed: 0, pending: 0))
        }
    }

    /// A worker whose topic is not there is not ready, and says why.
    @Test func aMisspeltTopicIsNamed() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1, kafka: 1)
            defer { site.end() }
            let worker = try site.worker(
                environment: OperationsPort.environment.merging(["ENTENTE_KAFKA_TOPIC": "entente.image-jbos"]) { $1 })
            let port = try OperationsPort(of: worker)
            try eventually(within: 30, "the topic is named") {
                try port.unreadiness().contains {
                    $0.kind == "group_not_joined" && $0.detail.contains("entente.image-jbos")
                }
            }
            #expect(try port.metrics()["entente_retries_total{stage=\"broker\"}"] ?? 0 > 0)
            #expect(try port.metrics()["entente_ready"] == 0)
            try #require(site.kafka).createTopic("entente.image-jbos", partitions: 1)
            try eventually(within: 10, "the worker is ready") { try port.unreadiness().isEmpty }
            worker.signal(SIGTERM)
            #expect(try worker.wait(within: 30).status == 0)
        }
    }

    /// What Kafka's own tools see follows what was done, however often members came and went.
    @Test func kafkaIsToldAllThatIsStored() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 12, kafka: 1)
            defer { site.end() }
            let first = try site.worker(["--lanes", "1"])
            let submitted = try site.submit(Self.ids, imagesPerJob: 1)
            for _ in 0..<3 {
                let other = try site.worker(["--lanes", "1"])
                try other.waitForErrors(containing: "partition assigned", within: 60)
                other.signal(SIGTERM)
                #expect(try other.wait(within: 60).status == 0)
            }
            try eventually(within: 120, "all is done") { try site.status(submitted.analysis).pending == 0 }
            try eventually(within: 60, "Kafka knows it") {
                let ends = try site.watermarks()
                let committed = try Self.committed(site, partitions: 12)
                return ends.enumerated().allSatisfy { number, log in
                    log.isEmpty
                        || committed[TopicPartition(topic: Site.topic, partition: Int32(number))] == log.upperBound
                }
            }
            first.signal(SIGTERM)
            #expect(try first.wait(within: 60).status == 0)
        }
    }

    /// A broker that is away holds up its own partitions and no others.
    @Test(arguments: [SIGKILL, SIGSTOP]) func theOthersGoOnWithoutALeader(signal: Int32) async throws {
        try await onOwnThread {
            let site = try Site(
                partitions: 6, kafka: 3, properties: ["min.insync.replicas": "1"], copies: 1)
            defer { site.end(keepingIn: ProcessInfo.processInfo.environment["ENTENTE_TEST_LOGS"]) }
            let kafka = try #require(site.kafka)
            // The group's own topic is made now, with three copies.
            try site.work()
            let submitted = try site.submit(Array(Self.ids.prefix(30)), imagesPerJob: 1)
            let all = try site.watermarks()
            if signal == SIGKILL { try kafka.stop(2) } else { kafka.signal(2, SIGSTOP) }
            let worker = try site.worker(environment: OperationsPort.environment)
            let port = try OperationsPort(of: worker)
            var missing: [OperationsPort.Problem] = []
            // On a busy machine another may be late, which is no trouble in the end.
            try eventually(within: 120, "the worker names the two that it can't read") {
                missing = try port.unreadiness().filter { $0.kind == "partition_unreadable" }
                return missing.count == 2
            }
            #expect(try port.death().isEmpty)
            let away = (0..<6).filter { number in missing.contains { $0.detail.contains("[\(number)]") } }
            let reachable = all.enumerated().filter { !away.contains($0.offset) }.reduce(0) { $0 + $1.element.count }
            try eventually(within: 120, "all that can be read") {
                try site.status(submitted.analysis).done == reachable
            }
            let metrics = try port.metrics()
            #expect(metrics["entente_retries_total{stage=\"broker\"}"] ?? 0 > 0)
            #expect(metrics["entente_retries_total{stage=\"database\"}"] ?? 0 == 0)
            if signal == SIGKILL { try kafka.start(2) } else { kafka.signal(2, SIGCONT) }
            try eventually(within: 120, "the rest") { try site.status(submitted.analysis).pending == 0 }
            worker.signal(SIGTERM)
            #expect(try worker.wait(within: 60).status == 0)
        }
    }

    /// What the group has committed.
    static func committed(_ site: Site, partitions: Int) throws -> [TopicPartition: Int64] {
        let consumer = try KafkaConsumer(
            KafkaClientConfiguration(bootstrapServers: site.bootstrapServers), group: "entente",
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        defer { consumer.close(within: .seconds(5)) }
        return try consumer.committedOffsets(
            of: (0..<partitions).map { TopicPartition(topic: Site.topic, partition: Int32($0)) }, within: .seconds(10))
    }
}
