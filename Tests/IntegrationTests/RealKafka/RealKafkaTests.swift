import Foundation
import Persistence
import Testbed
import Testing

/// The whole job over a real Apache Kafka: what the in-process broker stands in for elsewhere.
@Suite(
    .serialized, .enabled(if: KafkaDistribution.isNamed, Comment(rawValue: KafkaDistribution.absence)), .startsWorkers)
struct RealKafkaTests {
    /// Two groups read one topic, each into a database of its own.
    @Test func oneWorkerAndThreeGiveTheSameRows() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 6, kafka: 1)
            defer { site.end() }
            let ids = DrawnWorld.ids(perClass: 2)
            let submitted = try site.submit(ids, imagesPerJob: 3)
            let others = try Self.copy(of: site)

            try site.work()
            let environment = ["ENTENTE_POSTGRES_URI": Site.working(others), "ENTENTE_KAFKA_GROUP": "three"]
            let workers = try (0..<3).map { _ in
                try site.worker(["--until-idle", "1"], environment: environment)
            }
            for worker in workers {
                let end = try worker.wait(within: 180)
                try #require(end.status == 0, "\(end)")
            }
            let one = try StoredRows(site.connect())
            let three = try StoredRows(Connection(uri: others, settings: .patient(applicationName: "integration test")))
            #expect(one.count("image") == ids.count)
            #expect(three.differences(from: one) == [])
            #expect(
                try site.status(submitted.analysis)
                    == Standing(expected: ids.count, done: ids.count, failed: 0, pending: 0))
            try site.expectRollupsTrue()
        }
    }

    /// A topic's own limit, below what the client sends: the letters below it arrive once, the others smaller.
    @Test func aTopicThatTakesLittleTakesEveryLetter() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1, kafka: 1)
            defer { site.end() }
            let kafka = try #require(site.kafka)
            try kafka.createTopic("buried", partitions: 1, ["max.message.bytes": "2500"])
            for number in 0..<70 {
                let padding = number % 20 == 7 ? 9_000 : 30
                try site.produce("no job \(String(repeating: "\(number) ", count: padding))", key: "\(number)")
            }
            let worker = try site.worker(
                ["--until-idle", "2"],
                environment: ["ENTENTE_KAFKA_DEAD_LETTER_TOPIC": "buried", "ENTENTE_FAILURE_JOB_LIMIT": "0"])
            #expect(try worker.wait(within: 120).status == 0)
            let connection = try site.connect()
            #expect(try connection.number("SELECT count(*) FROM entente.dead_letters WHERE published") == 70)
            #expect(try site.watermarks(of: "buried").map(\.upperBound).reduce(0, +) == 70, "each once")
            #expect(try site.watermarks(of: Site.topic + ".dead-letters").map(\.upperBound).reduce(0, +) == 0)
        }
    }

    /// Two of three brokers die while work goes on, one after the other, and come back; `scripts/chaos --kafka` does more.
    @Test func deathsOfBrokersChangeNothing() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 6, kafka: 3, properties: ["min.insync.replicas": "2"])
            defer { site.end(keepingIn: ProcessInfo.processInfo.environment["ENTENTE_TEST_LOGS"]) }
            let kafka = try #require(site.kafka)
            let ids = DrawnWorld.ids(perClass: 5)
            let submitted = try site.submit(ids, imagesPerJob: 1)
            let others = try Self.copy(of: site)
            // One picture at a time, so that there is work left for every death.
            let worker = try site.worker(["--lanes", "1", "--batch-size", "1"])
            // The group's own topic is made when its first member comes, which takes all three.
            try eventually("work has begun") { try site.offsetsStored() > 0 }
            for broker in 0..<2 {
                let before = try site.offsetsStored()
                try kafka.stop(broker)
                try eventually("work goes on without broker \(broker + 1)") {
                    try kafka.check()
                    return try site.offsetsStored() > before || site.status(submitted.analysis).pending == 0
                }
                try kafka.start(broker)
                // Its copies have to be whole before the next one dies, or the log could not be written.
                try eventually("every copy is whole") { try kafka.isWhole() }
            }
            try eventually("all is done") { try site.status(submitted.analysis).pending == 0 }
            worker.signal(SIGTERM)
            let end = try worker.wait(within: 60)
            #expect(end.status == 0, "\(end)")

            try site.work(environment: [
                "ENTENTE_POSTGRES_URI": Site.working(others), "ENTENTE_KAFKA_GROUP": "undisturbed",
            ])
            let undisturbed = try StoredRows(
                Connection(uri: others, settings: .patient(applicationName: "integration test")))
            #expect(undisturbed.count("image") == ids.count)
            #expect(try StoredRows(site.connect()).differences(from: undisturbed) == [])
            try site.expectRollupsTrue()
        }
    }

    /// As a network does that loses one of two machines: whoever is left learns nothing, and hears nothing any more.
    @Test(arguments: BreakingProxy.Side.allCases)
    func connectionsThatBreakOnOneSideChangeNothing(leaving side: BreakingProxy.Side) async throws {
        try await onOwnThread {
            let site = try Site(partitions: 4, kafka: 1, isBreakable: true)
            defer { site.end() }
            let kafka = try #require(site.kafka)
            let ids = DrawnWorld.ids(perClass: 5)
            let submitted = try site.submit(ids, imagesPerJob: 1)
            let worker = try site.worker(
                ["--lanes", "1", "--batch-size", "1"],
                // Beyond which an answer is given up.
                environment: ["ENTENTE_KAFKA_PROPERTIES_SOCKET_TIMEOUT_MS": "10000"])
            for round in 1...2 {
                try eventually("work goes on") { try site.offsetsStored() >= round * ids.count / 3 }
                // Those that were broken before have to be found so, and made anew.
                try eventually(within: 60, "connections to break") { kafka.breakConnections(of: 0, leaving: side) > 0 }
            }
            try eventually("all is done") {
                try kafka.check()
                return try site.status(submitted.analysis).pending == 0
            }
            worker.signal(SIGTERM)
            let end = try worker.wait(within: 60)
            #expect(end.status == 0, "\(end)")
            #expect(
                try site.status(submitted.analysis)
                    == Standing(expected: ids.count, done: ids.count, failed: 0, pending: 0))
            try site.expectRollupsTrue()
        }
    }

    /// A second database that expects the same images and has no result.
    private static func copy(of site: Site) throws -> String {
        let source = try site.connect().query("SELECT current_database()").text(0, 0)
        let uri = try TestCluster.uri(database: source + "_copy")
        try Connection(uri: TestCluster.uri(), settings: .patient(applicationName: "integration test"))
            .exec("CREATE DATABASE \(source)_copy TEMPLATE \(source)")
        return uri
    }
}
