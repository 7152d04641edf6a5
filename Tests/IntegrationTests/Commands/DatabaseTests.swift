import Foundation
import Persistence
import Testbed
import Testing

/// What the commands that need a database say of one that isn't theirs yet, or not at all.
@Suite struct DatabaseTests {
    @Test func anUnmigratedDatabaseIsRefusedWithTheRemedy() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let database = try TestDatabase(migrated: false)
            let environment = [
                "ENTENTE_POSTGRES_URI": database.uri, "ENTENTE_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
            ]
            func run(_ arguments: [String]) throws -> ProgramEnd {
                try Product.run(arguments, in: scratch, environment: environment)
            }
            for arguments in [
                ["worker"], ["status", "--analysis", "demo"], ["verify"],
                ["submit", "--analysis", DrawnWorld.analysis, "--images", DrawnWorld.folder + "/heldout"],
            ] {
                let end = try run(arguments)
                #expect(end.status == 69, "\(end)")
                #expect(end.errors.contains("entente migrate"), "\(end)")
                #expect(end.output.isEmpty, "\(end)")
            }
            let first = try run(["migrate"])
            #expect(first.status == 0 && first.output.contains("applied 1"), "\(first)")
            let second = try run(["migrate"])
            #expect(second.status == 0 && second.output.contains("already"), "\(second)")
            let verified = try run(["verify", "--json"])
            #expect(verified.status == 0 && verified.output == "{\"differences\":[]}\n", "\(verified)")
            let unknown = try run(["status", "--analysis", "nobody", "--json"])
            #expect(unknown.status == 65 && unknown.errors.contains("nobody"), "\(unknown)")
            #expect(unknown.output.isEmpty)
        }
    }

    /// A secret that was made of a file, and a database that nobody has made.
    @Test func lineBreaksAroundTheURIAndMissingDatabases() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let database = try TestDatabase(migrated: false)
            func migrate(_ uri: String) throws -> ProgramEnd {
                try Product.run(["migrate"], in: scratch, environment: ["ENTENTE_POSTGRES_URI": uri])
            }
            let end = try migrate(" \(database.uri)\r\n")
            #expect(end.status == 0 && end.output.contains("applied 1"), "\(end)")
            let missing = try migrate(TestCluster.uri(database: "nobody_has_made_it"))
            #expect(missing.status == 69 && missing.errors.contains("nobody_has_made_it"), "\(missing)")
        }
    }

    @Test func migratorsAtTheSameTimeDoItOnce() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let database = try TestDatabase(migrated: false)
            let migrators = try (0..<3).map { _ in
                try RunningProgram(
                    Product.executable.get(), ["migrate", "--postgres-uri", database.uri],
                    environment: Product.environment([:]), folder: scratch.path)
            }
            defer { migrators.forEach { $0.end() } }
            let ends = try migrators.map { try $0.wait(within: 60) }
            #expect(ends.allSatisfy { $0.status == 0 }, "\(ends)")
            // Each migration is a transaction of its own, so they may take turns.
            let applied = ends.flatMap { end in
                end.output.firstMatch(of: /applied ([0-9, ]+)\./)?.1.split(separator: ", ").compactMap { Int($0) } ?? []
            }
            #expect(applied.sorted() == Array(1...Migrator.buildVersion), "\(ends)")
        }
    }

    @Test func settingsThatCannotBeAreNamed() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let unreachable = "postgresql://someone:hush@/x?host=\(scratch.path)"
            let good = ["ENTENTE_POSTGRES_URI": unreachable, "ENTENTE_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"]
            for (variable, value, status, named) in [
                ("ENTENTE_POSTGRES_URI", "", 64, "ENTENTE_POSTGRES_URI"),
                ("ENTENTE_POSTGRES_URI", "postgress://hush", 64, "connection URI"),
                ("ENTENTE_POSTGRES_URI", unreachable, 69, "can't connect"),
                ("ENTENTE_KAFKA_BOOTSTRAP_SERVERS", "", 64, "ENTENTE_KAFKA_BOOTSTRAP_SERVERS"),
                ("ENTENTE_WORKER_LANES", "none", 64, "ENTENTE_WORKER_LANES"),
                ("ENTENTE_WORKER_BATCH_SIZE", "0", 64, "ENTENTE_WORKER_BATCH_SIZE"),
                ("ENTENTE_IMAGE_MAX_PIXELS", "-1", 64, "ENTENTE_IMAGE_MAX_PIXELS"),
                ("ENTENTE_LOG_LEVEL", "loud", 64, "ENTENTE_LOG_LEVEL"),
                ("ENTENTE_CONFIG", scratch.path + "/nowhere.json", 64, "nowhere.json"),
            ] as [(String, String, Int32, String)] {
                let end = try Product.run(["worker"], in: scratch, environment: good.merging([variable: value]) { $1 })
                #expect(end.status == status, "\(variable)=\(value): \(end)")
                #expect(end.errors.contains(named), "\(variable)=\(value): \(end)")
                #expect(!end.errors.contains("hush"), "\(variable)=\(value): \(end)")
            }
        }
    }
}
