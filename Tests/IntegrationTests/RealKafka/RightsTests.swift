import Foundation
import Persistence
import Testbed
import Testing

/// The rights that `docs/kafka.md` tells people to give are all that each command needs.
@Suite(
    .serialized, .enabled(if: KafkaDistribution.isNamed, Comment(rawValue: KafkaDistribution.absence)), .startsWorkers)
struct RightsTests {
    private static let users = ["admin", "submitter", "worker", "operator"]

    /// What stands behind `kafka-acls.sh --bootstrap-server … --command-config …` in the document.
    private static func rules() throws -> [[String]] {
        try String(contentsOfFile: Checkout.root + "/docs/kafka.md", encoding: .utf8)
            .split(separator: "\n").filter { $0.hasPrefix("kafka-acls.sh ") }
            .map { line in
                let words = line.split(separator: " ").map(String.init)
                return Array(words[(try #require(words.firstIndex(of: "--add")))...])
            }
    }

    private static func logIn(_ user: String) -> [String: String] {
        [
            "security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "PLAIN", "sasl.username": user,
            "sasl.password": "Wombat-\(user)",
        ]
    }

    private static func start(_ scratch: ScratchFolder) throws -> (kafka: KafkaCluster, login: [String]) {
        let module = "org.apache.kafka.common.security.plain.PlainLoginModule required"
        let known = users.map { #"user_\#($0)="Wombat-\#($0)""# }.joined(separator: " ")
        let kafka = try KafkaCluster(
            folder: scratch.path + "/kafka",
            properties: [
                "listener.security.protocol.map": "CLIENT:SASL_PLAINTEXT,INNER:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "sasl.enabled.mechanisms": "PLAIN",
                "listener.name.client.plain.sasl.jaas.config": "\(module) \(known);",
                "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                // Brokers among themselves; nobody else comes there.
                "super.users": "User:ANONYMOUS;User:admin", "auto.create.topics.enable": "true",
            ])
        let login = try scratch.write(
            """
            security.protocol=SASL_PLAINTEXT
            sasl.mechanism=PLAIN
            sasl.jaas.config=\(module) username="admin" password="Wombat-admin";

            """, to: "admin.properties")
        return (kafka, ["--bootstrap-server", kafka.bootstrapServers, "--command-config", login])
    }

    @Test func theyAreEnoughAndNoMoreThanNeeded() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            let database = try TestDatabase()
            let (kafka, login) = try Self.start(scratch)
            defer { kafka.end() }
            for (topic, partitions) in [("entente.image-jobs", 2), ("entente.image-jobs.dead-letters", 1)] {
                try eventually(within: 60, "the topic \(topic)") {
                    try kafka.check()
                    return try kafka.tool(
                        "org.apache.kafka.tools.TopicCommand",
                        login + [
                            "--create", "--if-not-exists", "--topic", topic, "--partitions", "\(partitions)",
                            "--replication-factor", "1",
                        ]
                    ).status == 0
                }
            }
            let pictures = scratch.path + "/pictures"
            let ids = DrawnWorld.ids(perClass: 1)
            _ = try DrawnWorld.copy(ids, to: scratch)
            let broken = DrawnWorld.classes[0] + "/broken.jpg"
            _ = try scratch.write("no picture", to: "pictures/" + broken)
            let manifest = try scratch.write(DrawnWorld.manifest(ids + [broken], below: pictures), to: "list.csv")
            let submit = ["submit", "--analysis", DrawnWorld.analysis, "--manifest", manifest, "--images-per-job", "1"]
            func environment(_ user: String) throws -> [String: String] {
                let lines = Self.logIn(user).map { "\($0.key)=\($0.value)\n" }.sorted().joined()
                return [
                    "XDG_CACHE_HOME": scratch.path + "/cache",
                    "ENTENTE_POSTGRES_URI_FILE": try scratch.write(database.uri + "\n", to: "uri"),
                    "ENTENTE_KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrapServers,
                    "ENTENTE_KAFKA_CONFIG_FILE": try scratch.write(lines, to: user + ".properties"),
                    "ENTENTE_MODEL_PATH": DrawnWorld.model, "ENTENTE_FILE_ROOTS": pictures,
                ]
            }
            func run(_ arguments: [String], as user: String) throws -> ProgramEnd {
                let end = try Product.run(arguments, in: scratch, environment: environment(user))
                #expect(!end.errors.contains("Wombat") && !end.output.contains("Wombat"), "\(end)")
                return end
            }
            // Without any, nobody gets anywhere.
            #expect(try run(submit, as: "submitter").status == 69)
            let unseen = try run(["offsets", "list"], as: "operator")
            #expect(unseen.errors.contains("the logs can't be shown"), "\(unseen)")

            let rules = try Self.rules()
            #expect(rules.count >= 5)
            for rule in rules {
                let end = try kafka.tool("org.apache.kafka.tools.AclCommand", login + rule)
                try #require(end.status == 0, "\(rule): \(end)")
            }
            let sent = try run(submit, as: "submitter")
            #expect(sent.status == 0, "\(sent)")
            #expect(sent.errors.components(separatedBy: "crosses the network in the clear").count == 2, "\(sent)")
            let worked = try run(["worker", "--until-idle", "2"], as: "worker")
            #expect(worked.status == 0, "\(worked)")
            let connection = try database.connect()
            #expect(try connection.number("SELECT count(*) FROM entente.image_results") == ids.count)
            #expect(try connection.number("SELECT count(*) FROM entente.dead_letters WHERE published") == 1)
            let listed = try run(["offsets", "list", "--json"], as: "operator")
            #expect(listed.status == 0 && !listed.errors.contains("can't be shown"), "\(listed)")
            let requeued = try run(["dead-letters", "requeue", "--all"], as: "submitter")
            #expect(requeued.status == 0 && requeued.output.contains("1 of 1"), "\(requeued)")
            for command in [["status", "--analysis", "drawn"], ["dead-letters", "list"], ["submissions", "list"]] {
                let end = try run(command, as: "nobody")
                #expect(end.status == 0 || end.status == 65 && !end.errors.contains("Kafka"), "\(command): \(end)")
            }
            // What one may, the others may not.
            #expect(try run(submit + ["--force"], as: "operator").status == 69)
        }
    }
}
