import Foundation
import Persistence
import Testbed
import Testing

@testable import Kafka

// What is seen before anything is announced, and what is said when the rest can't be sent.
extension SecuredKafkaTests {
    /// It may write elsewhere, so it gets a number, and learns only of each message that it may not send it.
    @Test func aSubmissionThatFailsSaysHowToGoOn() async throws {
        try await onOwnThread {
            let secured = try SecuredSite(rights: true)
            defer { secured.end() }
            let site = secured.site
            let ids = DrawnWorld.ids(perClass: 1)
            _ = try DrawnWorld.copy(ids, to: site.scratch)
            let manifest = try site.scratch.write(DrawnWorld.manifest(ids, below: site.root), to: "all.csv")
            let command = [
                "submit", "--analysis", DrawnWorld.analysis, "--manifest", manifest, "--images-per-job", "3",
            ]
            let environment = secured.environment("OPEN", SecuredSite.open("numbat"))
            let connection = try site.connect()

            try secured.kafka.allow("numbat", ["--operation", "Describe", "--topic", Site.topic])
            let early = try site.entente(command, environment: environment)
            #expect(early.status == 69 && early.errors.contains("give it WRITE on the topic"), "\(early)")
            #expect(early.errors.contains("CLUSTER_AUTHORIZATION_FAILED"), "\(early)")
            #expect(try connection.number("SELECT count(*) FROM entente.submissions") == 0)

            try secured.kafka.allow("numbat", ["--operation", "Write", "--topic", "elsewhere"])
            let late = try site.entente(command, environment: environment)
            let id = try #require(
                connection.strings("SELECT submission_id FROM entente.submissions").first, "\(late)")
            let jobs = (ids.count + 2) / 3
            #expect(late.status == 69, "\(late)")
            #expect(
                late.errors.contains("0 of \(jobs) jobs, with 0 of \(ids.count) images, are sent: ")
                    && late.errors.contains("TOPIC_AUTHORIZATION_FAILED")
                    && late.errors.hasSuffix("entente submissions cancel \(id)\n"), "\(late)")

            try secured.kafka.allow("numbat", ["--operation", "Write", "--topic", Site.topic])
            let again = try site.entente(command, environment: environment)
            #expect(again.status == 0, "\(again)")
            try site.work()
            #expect(try connection.number("SELECT count(*) FROM entente.images WHERE state = 'done'") == ids.count)
            #expect(try connection.number("SELECT count(*) FROM entente.images WHERE state = 'pending'") == 0)
        }
    }

    @Test func aTopicThatCanNotBeWrittenIsSeenBeforeAnythingIsAnnounced() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 2, kafka: 3, properties: ["min.insync.replicas": "3"])
            defer { site.end() }
            let kafka = try #require(site.kafka)
            try kafka.stop(2)
            let ids = DrawnWorld.ids(perClass: 1, classes: 2)
            _ = try DrawnWorld.copy(ids, to: site.scratch)
            let manifest = try site.scratch.write(DrawnWorld.manifest(ids, below: site.root), to: "two.csv")
            let command = ["submit", "--analysis", DrawnWorld.analysis, "--manifest", manifest]
            try eventually("the brokers know that one is gone") { try !kafka.isWhole() }
            let end = try site.entente(command)
            #expect(end.status == 69 && end.errors.contains("NOT_ENOUGH_REPLICAS"), "\(end)")
            #expect(end.errors.contains("2 of its copies up to date and needs 3"), "\(end)")
            #expect(try site.connect().number("SELECT count(*) FROM entente.submissions") == 0)
            try kafka.start(2)
            try eventually("every copy is whole") { try kafka.isWhole() }
            #expect(try site.entente(command).status == 0)
        }
    }

    /// What the client would send is more than the topic takes.
    @Test func jobsFitTheTopic() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1, kafka: 1)
            defer { site.end() }
            try site.kafka?.createTopic("narrow", partitions: 1, ["max.message.bytes": "3000"])
            let ids = DrawnWorld.ids(perClass: 5)
            _ = try DrawnWorld.copy(ids, to: site.scratch)
            let manifest = try site.scratch.write(DrawnWorld.manifest(ids, below: site.root), to: "all.csv")
            let end = try site.entente(
                ["submit", "--analysis", DrawnWorld.analysis, "--manifest", manifest, "--images-per-job", "256"],
                environment: [
                    "ENTENTE_KAFKA_TOPIC": "narrow", "ENTENTE_KAFKA_PROPERTIES_COMPRESSION_CODEC": "none",
                ])
            #expect(end.status == 0, "\(end)")
            #expect(try site.watermarks(of: "narrow").map(\.upperBound).reduce(0, +) > 1, "more jobs than one")
        }
    }
}
