import Foundation
import Testbed
import Testing

@testable import Persistence
@testable import Processes

@Suite struct MigratorTests {
    private func connect(_ database: TestDatabase) throws -> Connection {
        try Connection(uri: database.uri, settings: .patient(applicationName: "migrator"))
    }

    @Test func appliesEverythingOnceAndNothingTwice() throws {
        let database = try TestDatabase(migrated: false)
        let connection = try connect(database)
        let all = Migration.embedded.map(\.version)
        let first = try Migrator(connection).migrate()
        #expect(first == .init(applied: all, version: all.count, warnings: []))
        let second = try Migrator(connection).migrate()
        #expect(second == .init(applied: [], version: all.count, warnings: []))
        try Migrator(connection).check()
    }

    @Test func numbersAreWithoutGapsAndNamesUnique() {
        #expect(Migration.embedded.map(\.version) == Array(1...Migration.embedded.count))
        #expect(Set(Migration.embedded.map(\.name)).count == Migration.embedded.count)
        #expect(Migration.embedded.allSatisfy { (1...$0.version).contains($0.oldestWorker) })
    }

    @Test func concurrentMigratorsApplyEachMigrationOnce() throws {
        let database = try TestDatabase(migrated: false)
        let applied = try concurrently(4) { _ in
            let connection = try Connection(uri: database.uri, settings: .patient(applicationName: "migrator"))
            return try Migrator(connection).migrate().applied
        }.flatMap { $0 }
        #expect(applied.sorted() == Migration.embedded.map(\.version))
    }

    @Test func refusesAChangedMigration() throws {
        let connection = try connect(TestDatabase())
        var changed = Migration.embedded
        changed[1] = Migration(file: "0002_results.sql", sql: changed[1].sql + "-- later thought\n")
        for attempt in [
            { _ = try Migrator(connection, migrations: changed).migrate() },
            Migrator(connection, migrations: changed).check,
        ] {
            let error = #expect(throws: PersistenceError.self) { try attempt() }
            #expect(error?.code == .schema)
            #expect(error?.description.contains("migration 2 (results)") == true)
        }
    }

    @Test func namesTheCommandForAnEmptyOrOldDatabase() throws {
        let empty = try connect(TestDatabase(migrated: false))
        let none = #expect(throws: PersistenceError.self) { try Migrator(empty).check() }
        #expect(none?.description.contains("run `entente migrate`") == true)

        let newer = Migration.embedded + [Migration(file: "9000_next.sql", sql: "-- oldest worker: 9000\nSELECT 1;")]
        let behind = try connect(TestDatabase())
        let old = #expect(throws: PersistenceError.self) { try Migrator(behind, migrations: newer).check() }
        #expect(old?.description.contains("needs 9000; run `entente migrate`") == true)
    }

    @Test func anOlderWorkerRunsOnAsLongAsMigrationsAllow() throws {
        let connection = try connect(TestDatabase())
        let newest = Migration.embedded.count
        let gentle = Migration(file: "9000_gentle.sql", sql: "-- oldest worker: \(newest)\nSELECT 1;")
        _ = try Migrator(connection, migrations: Migration.embedded + [gentle]).migrate()
        try Migrator(connection).check()
        let harsh = Migration(file: "9001_harsh.sql", sql: "-- oldest worker: 9000\nSELECT 1;")
        _ = try Migrator(connection, migrations: Migration.embedded + [gentle, harsh]).migrate()
        let error = #expect(throws: PersistenceError.self) { try Migrator(connection).check() }
        #expect(error?.description.contains("needs builds of version 9000 or newer") == true)
        try Migrator(connection, migrations: Migration.embedded + [gentle]).check()
    }

    /// A worker of a build before version 10 that goes on while the schema moves to it: what it has is fenced, and what it
    /// asks for again it doesn't get.
    @Test func workersBeforeVersion10AreShutOut() throws {
        let connection = try connect(TestDatabase(migrated: false))
        // The rights of today, which come last, name a function that isn't there yet.
        _ = try? Migrator(connection, migrations: Migration.embedded.filter { $0.version < 10 }).migrate()
        #expect(try connection.query("SELECT max(version) FROM entente.schema_migrations").int(0, 0) == 9)
        let claim = "SELECT epoch FROM entente.claim_offset('g', 't', 0, 'old')"
        let epoch = try connection.query(claim).bigint(0, 0)
        let advance = "SELECT entente.advance_offset('g', 't', 0, \(epoch), %, %)"
        try connection.exec(advance.replacing("%, %", with: "NULL, 5"))
        _ = try Migrator(connection).migrate()

        let fenced = #expect(throws: PersistenceError.self) {
            try connection.exec(advance.replacing("%, %", with: "5, 6"))
        }
        #expect(fenced?.isFenced == true)
        #expect(throws: PersistenceError.self) { try connection.query(claim) }
        let partition = PartitionKey(group: "g", topic: "t", partition: 0)
        let position = try OffsetLedger(connection).claim(partition, owner: "new")
        #expect(position.nextOffset == 5 && position.epoch > epoch)
    }

    @Test func aFailingMigrationLeavesNothing() throws {
        let connection = try connect(TestDatabase())
        let bad = Migration(
            file: "9000_bad.sql", sql: "-- oldest worker: 1\nCREATE TABLE entente.half (a int); SELECT 1/0;")
        #expect(throws: PersistenceError.self) {
            try Migrator(connection, migrations: Migration.embedded + [bad]).migrate()
        }
        #expect(try connection.query("SELECT to_regclass('entente.half') IS NULL").bool(0, 0))
        try Migrator(connection).check()
    }

    @Test func withoutTheRightToCreateRolesTheyAreSkippedWithAWarning() throws {
        // Roles belong to the cluster, so this one needs a cluster without them.
        var options = PrivateCluster.Options()
        options.durable = false
        let cluster = try PrivateCluster(options)
        defer { cluster.stop() }
        let admin = try Connection(uri: cluster.uri(), settings: .patient(applicationName: "test"))
        try admin.exec("CREATE ROLE plain LOGIN")
        try admin.exec("CREATE DATABASE plain OWNER plain")
        let uri = cluster.uri(database: "plain").replacing("user=entente", with: "user=plain")
        let outcome = try Migrator(Connection(uri: uri, settings: .patient(applicationName: "test"))).migrate()
        #expect(outcome.warnings.count == 1)
        #expect(outcome.warnings.first?.contains("entente_owner, entente_worker, entente_reader") == true)
        #expect(outcome.applied.count == Migration.embedded.count)

        // An administrator makes up for it later, and nothing has to be applied again.
        let later = try Migrator(
            Connection(uri: cluster.uri(database: "plain"), settings: .patient(applicationName: "test"))
        ).migrate()
        #expect(later == .init(applied: [], version: Migration.embedded.count, warnings: []))
        #expect(
            try admin.query("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'entente\\_%'").bigint(0, 0) == 3)
    }

    /// What the binary holds is what the repository shows.
    @Test func embeddedMigrationsAreTheFilesOfTheRepository() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../migrations")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".sql") }
        let numbered = files.filter { $0.first?.isNumber == true }.sorted()
        try #require(numbered.count == Migration.embedded.count)
        for (file, migration) in zip(numbered, Migration.embedded) {
            let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            #expect(text == migration.sql, "\(file) differs: run scripts/embed-migrations")
        }
        let roles = try String(contentsOf: folder.appending(path: "roles.sql"), encoding: .utf8)
        #expect(roles == Migration.roles, "roles.sql differs: run scripts/embed-migrations")
        #expect(files.count == numbered.count + 1)
    }
}
