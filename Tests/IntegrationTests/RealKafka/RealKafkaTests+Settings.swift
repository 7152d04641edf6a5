import Foundation
import Kafka
import Persistence
import Testbed
import Testing

// What a real Kafka does with settings that people make, and with names that they mistype.
extension RealKafkaTests {
    private static let mistyped = "entente.image-jbos"

    private static func topics(_ kafka: KafkaCluster) throws -> Set<String> {
        let end = try kafka.tool(
            "org.apache.kafka.tools.TopicCommand", ["--bootstrap-server", kafka.bootstrapServers, "--list"])
        try #require(end.status == 0, "\(end)")
        return Set(end.output.split(separator: "\n").map(String.init)).subtracting(["__consumer_offsets"])
    }

    private static func configure(_ kafka: KafkaCluster, _ arguments: [String]) throws {
        let end = try kafka.tool(
            "kafka.admin.ConfigCommand", ["--bootstrap-server", kafka.bootstrapServers, "--alter"] + arguments)
        try #require(end.status == 0, "\(end)")
    }

    /// On brokers that make whatever topic is asked for, as they do by default: a second try must not succeed either.
    @Test func mistypedTopicsAreNotMade() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1, kafka: 1, properties: ["auto.create.topics.enable": "true"])
            defer { site.end() }
            let kafka = try #require(site.kafka)
            let before = try Self.topics(kafka)
            let elsewhere = ["ENTENTE_KAFKA_TOPIC": Self.mistyped]
            let submitted = try site.submit(DrawnWorld.ids(perClass: 1), imagesPerJob: 1)
            let manifest = try site.scratch.write(
                DrawnWorld.manifest(DrawnWorld.ids(perClass: 2), below: site.root), to: "more.csv")
            for _ in 0..<2 {
                for command in [
                    ["submit", "--analysis", DrawnWorld.analysis, "--manifest", manifest],
                    ["replay", "--from", submitted.analysis, "--to", submitted.analysis, "--force"],
                ] {
                    let end = try site.entente(command, environment: elsewhere)
                    #expect(end.status == 69 && end.errors.contains("“\(Self.mistyped)”"), "\(command): \(end)")
                }
                // It lists what the database knows, with a word on what Kafka doesn't.
                let listed = try site.entente(["offsets", "list"], environment: elsewhere)
                #expect(listed.status == 0 && listed.errors.contains("“\(Self.mistyped)” can't be used"), "\(listed)")
            }
            let worker = try site.worker(environment: OperationsPort.environment.merging(elsewhere) { $1 })
            let port = try OperationsPort(of: worker)
            try eventually(within: 60, "the topic is named") {
                try port.unreadiness().contains { $0.kind == "group_not_joined" && $0.detail.contains(Self.mistyped) }
            }
            worker.signal(SIGTERM)
            #expect(try worker.wait(within: 60).status == 0)
            // A letter that has nowhere to go waits in the database. One worker sends them all, so the other had to end.
            try site.produce("no job", key: "x")
            let lost = try site.worker(environment: ["ENTENTE_KAFKA_DEAD_LETTER_TOPIC": "entente.burried"])
            try lost.waitForErrors(containing: "dead letters can't be published now", within: 120)
            #expect(try site.connect().number("SELECT count(*) FROM entente.dead_letters WHERE NOT published") == 1)
            #expect(try Self.topics(kafka) == before)
            lost.signal(SIGTERM)
            #expect(try lost.wait(within: 60).status == 0)
        }
    }

    /// Where the library has it; elsewhere its version is named. Sessions and assignors are the brokers' there.
    @Test func brokersMayShareOutThePartitions() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 4, kafka: 1)
            defer { site.end() }
            let ids = DrawnWorld.ids(perClass: 2)
            let submitted = try site.submit(ids, imagesPerJob: 1)
            let environment = site.environment.filter { !$0.key.hasPrefix("ENTENTE_KAFKA_PROPERTIES_") }
                .merging(["ENTENTE_KAFKA_PROPERTIES_GROUP_PROTOCOL": "consumer"]) { $1 }
            let programs = try (0..<2).map { _ in
                try RunningProgram(
                    Product.executable.get(), ["worker", "--until-idle", "2"],
                    environment: Product.environment(environment), folder: site.scratch.path)
            }
            defer { for program in programs { program.end() } }
            let ends = try programs.map { try $0.wait(within: 180) }
            let version = KafkaLibrary.version.split(separator: ".").compactMap { Int($0) }
            guard version[0] > 2 || version[0] == 2 && version[1] >= 12 else {
                for end in ends {
                    #expect(end.status == 64 && end.errors.contains(KafkaLibrary.version), "\(end)")
                    #expect(end.errors.contains("group.protocol") && !end.errors.contains("session.timeout"), "\(end)")
                }
                return
            }
            for end in ends { #expect(end.status == 0, "\(end)") }
            #expect(
                try site.status(submitted.analysis)
                    == Standing(expected: ids.count, done: ids.count, failed: 0, pending: 0))
            try site.expectRollupsTrue()
        }
    }

    /// The older one is told who took its place.
    @Test func aTwinIsNamed() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 2, kafka: 1)
            defer { site.end() }
            let identity = ["ENTENTE_KAFKA_PROPERTIES_GROUP_INSTANCE_ID": "worker-1"]
            let first = try site.worker(environment: identity)
            try first.waitForErrors(containing: "partition assigned", within: 60)
            let second = try site.worker(environment: identity)
            let end = try first.wait(within: 90)
            #expect(end.status == 69 && end.errors.contains("FENCED_INSTANCE_ID"), "\(end)")
            #expect(
                end.errors.split(separator: "\n").last?.contains("has the same group.instance.id") == true, "\(end)")
            second.signal(SIGTERM)
            #expect(try second.wait(within: 60).status == 0)
        }
    }

    /// Nothing comes for minutes, and nothing is wrong with any connection.
    @Test func quotasAreSaidAndCounted() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1, kafka: 1)
            defer { site.end() }
            let kafka = try #require(site.kafka)
            try Self.configure(
                kafka, ["--entity-type", "clients", "--entity-default", "--add-config", "consumer_byte_rate=500"])
            _ = try site.submit(DrawnWorld.ids(perClass: 5), imagesPerJob: 1)
            let worker = try site.worker(environment: OperationsPort.environment)
            let port = try OperationsPort(of: worker)
            try worker.waitForErrors(containing: "by a quota", within: 120)
            try eventually(within: 60, "it is counted") {
                try port.metrics()["entente_broker_throttle_seconds_total"] ?? 0 > 0
            }
            worker.signal(SIGTERM)
            #expect(try worker.wait(within: 60).status == 0)
        }
    }
}
