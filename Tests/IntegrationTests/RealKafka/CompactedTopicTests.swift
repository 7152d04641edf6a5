import Foundation
import Testbed
import Testing

/// A topic of jobs that keeps one record a key would lose those whose key repeats.
@Suite(
    .serialized, .enabled(if: KafkaDistribution.isNamed, Comment(rawValue: KafkaDistribution.absence)), .startsWorkers)
struct CompactedTopicTests {
    private static func set(_ policy: String, _ site: Site) throws {
        let kafka = try #require(site.kafka)
        let end = try kafka.tool(
            "kafka.admin.ConfigCommand",
            [
                "--bootstrap-server", kafka.bootstrapServers, "--alter", "--entity-type", "topics", "--entity-name",
                Site.topic, "--add-config", "cleanup.policy=\(policy)",
            ])
        try #require(end.status == 0, "\(end)")
    }

    private static func expectRefused(_ end: ProgramEnd, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(
            end.status == 69 && end.errors.contains("“\(Site.topic)”") && end.errors.contains("cleanup.policy"),
            "\(end)",
            sourceLocation: sourceLocation)
    }

    /// Nothing is announced, nothing is sent, and no worker begins; with the policy mended all goes on.
    @Test func everyCommandRefusesItByName() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 2, kafka: 1)
            defer { site.end() }
            let ids = DrawnWorld.ids(perClass: 1)
            let submitted = try site.submit(Array(ids.dropFirst()), imagesPerJob: 1)
            try Self.set("[compact,delete]", site)
            let manifest = try site.scratch.write(DrawnWorld.manifest([ids[0]], below: site.root), to: "more.csv")
            for command in [
                ["submit", "--analysis", DrawnWorld.analysis, "--manifest", manifest],
                ["replay", "--from", submitted.analysis, "--to", submitted.analysis],
                ["dead-letters", "requeue", "--all"],
            ] { Self.expectRefused(try site.entente(command)) }
            // By itself, and before it could end for want of work.
            for arguments in [[], ["--until-idle", "0.1"]] {
                Self.expectRefused(try site.worker(arguments).wait(within: 60))
            }
            #expect(try site.status(submitted.analysis).expected == ids.count - 1)

            try Self.set("compact", site)
            Self.expectRefused(try site.worker().wait(within: 60))
            try Self.set("delete", site)
            try site.work()
            #expect(
                try site.status(submitted.analysis)
                    == Standing(expected: ids.count - 1, done: ids.count - 1, failed: 0, pending: 0))
        }
    }

    /// Who may not look says so, and goes on.
    @Test func whoMayNotLookSaysSoOnce() async throws {
        try await onOwnThread {
            let site = try Site(
                partitions: 2, kafka: 1,
                properties: [
                    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                    "allow.everyone.if.no.acl.found": "true",
                ])
            defer { site.end() }
            let kafka = try #require(site.kafka)
            for rule in [
                ["--allow-principal", "User:*", "--operation", "All"],
                ["--deny-principal", "User:*", "--operation", "DescribeConfigs"],
            ] {
                let end = try kafka.tool(
                    "org.apache.kafka.tools.AclCommand",
                    ["--bootstrap-server", kafka.bootstrapServers, "--add", "--force", "--topic", Site.topic] + rule)
                try #require(end.status == 0, "\(end)")
            }
            let ids = DrawnWorld.ids(perClass: 1)
            _ = try DrawnWorld.copy(ids, to: site.scratch)
            let manifest = try site.scratch.write(DrawnWorld.manifest(ids, below: site.root), to: "list.csv")
            let words = "can't be seen whether the topic of jobs is compacted"
            let sent = try site.entente([
                "submit", "--analysis", DrawnWorld.analysis, "--manifest", manifest, "--images-per-job", "1",
            ])
            #expect(sent.status == 0 && sent.errors.components(separatedBy: words).count == 2, "\(sent)")
            let end = try site.work()
            #expect(end.errors.components(separatedBy: words).count == 2, "\(end)")
            #expect(end.errors.contains("TOPIC_AUTHORIZATION_FAILED"), "\(end)")
            #expect(try site.connect().number("SELECT count(*) FROM entente.image_results") == ids.count)
        }
    }
}
