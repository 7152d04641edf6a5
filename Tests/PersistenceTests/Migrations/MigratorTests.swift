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

    /// Rows that were there before intervals were, rights that somebody gave by hand, and a batch in flight meanwhile.
    @Test func intervalsCoverRowsOfBefore() throws {
        let database = try TestDatabase(migrated: false)
        let connection = try connect(database)
        // As above, rights of today name what isn't there yet.
        _ = try? Migrator(connection, migrations: Migration.embedded.filter { $0.version < 18 }).migrate()
        #expect(try connection.query("SELECT max(version) FROM entente.schema_migrations").int(0, 0) == 17)
        // What today's writer writes to, and no migration up to 18 knows of.
        try connection.exec("ALTER TABLE entente.image_results ADD top_probabilities real[]")
        let id = try Fixture.register(on: connection)
        var rng = Seeded(18)
        try BatchWriter(connection).write(
            WriteBatch(
                results: (0..<30).map {
                    var row = Fixture.randomRow("image \($0)", analysisID: id, &rng)
                    // There is no table for these yet.
                    row.findings = row.findings.judged(by: [])
                    return row
                }))
        let role = "notebook_\(database.name)"
        try connection.exec(
            "CREATE ROLE \(role); GRANT SELECT ON entente.analysis_summary TO \(role); "
                + "GRANT SELECT ON entente.replay_class_comparison TO \(role) WITH GRANT OPTION")

        // A writer that has begun is waited for, one that comes meanwhile waits; both are in the sums.
        let locks = "SELECT count(*) FROM pg_locks WHERE relation = 'entente.part_results'::regclass AND "
        let late = Fixture.row("late", analysisID: id, shard: 9)
        _ = try concurrently(3) { place in
            let connection = try Connection(uri: database.uri, settings: .patient(applicationName: "migrator"))
            func wait(_ count: Int64, _ condition: String) throws {
                try eventually("\(count) \(condition)") {
                    try connection.query(locks + condition).bigint(0, 0) == count
                }
            }
            switch place {
            case 0:
                try connection.exec("BEGIN; DELETE FROM entente.image_results WHERE image_id = 'image 3'")
                try wait(2, "NOT granted")
                try connection.exec("COMMIT")
            case 1:
                try wait(1, "mode = 'RowExclusiveLock'")
                _ = try? Migrator(connection, migrations: Migration.embedded.filter { $0.version <= 18 }).migrate()
            default:
                try wait(1, "NOT granted")
                try BatchWriter(connection).write(WriteBatch(results: [late]))
            }
        }

        #expect(try connection.query("SELECT max(version) FROM entente.schema_migrations").int(0, 0) == 18)
        #expect(try Verifier(connection).differences() == [])
        let whole = try connection.query(
            """
            SELECT part_images, mi_low < mi, mi < mi_high FROM entente.analysis_summary
            WHERE part_method = 'kmeans' AND estimator = 'released'
            """)
        #expect(try whole.bigint(0, 0) == 30 && whole.bool(0, 1) && whole.bool(0, 2))
        let rights = try connection.query(
            """
            SELECT string_agg(v.view || ' ' || r.grantee::regrole || CASE WHEN r.is_grantable THEN '*' ELSE '' END, ', '
                ORDER BY v.view)
            FROM (VALUES ('analysis_summary'), ('replay_class_comparison')) AS v (view)
            JOIN pg_class AS c ON c.oid = ('entente.' || v.view)::regclass
            CROSS JOIN LATERAL aclexplode(c.relacl) AS r WHERE r.grantee = $1::regrole
            """, [.text(role)])
        #expect(try rights.text(0, 0) == "analysis_summary \(role), replay_class_comparison \(role)*")
        try connection.exec("SET ROLE \(role)")
        #expect(throws: PersistenceError.self) { try connection.query("SELECT * FROM entente.model_comparison") }
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

    /// Where whoever migrates is no superuser, readers keep what only a superuser takes away: migrating goes on and says so.
    @Test func whatReadersKeepIsNamed() throws {
        var options = PrivateCluster.Options()
        options.durable = false
        let cluster = try PrivateCluster(options)
        defer { cluster.stop() }
        let admin = try Connection(uri: cluster.uri(), settings: .patient(applicationName: "test"))
        try admin.exec("CREATE ROLE owning LOGIN CREATEROLE")
        try admin.exec("CREATE ROLE tenant LOGIN")
        for name in ["owned", "shared"] {
            try admin.exec("CREATE DATABASE \(name) OWNER \(name == "owned" ? "owning" : "entente")")
        }
        try admin.exec("GRANT CREATE ON DATABASE shared TO tenant")
        func migrate(_ database: String, as user: String) throws -> [String] {
            let uri = cluster.uri(database: database).replacing("user=entente", with: "user=\(user)")
            return try Migrator(Connection(uri: uri, settings: .patient(applicationName: "test"))).migrate().warnings
        }
        let owned = try migrate("owned", as: "owning")
        #expect(owned.count == 1)
        #expect(owned.first?.contains("may make large objects in database owned") == true, "\(owned)")
        #expect(owned.first?.contains("run `entente migrate` once as a superuser") == true, "\(owned)")
        let shared = try migrate("shared", as: "tenant")
        #expect(
            shared.first?.contains("may make temporary tables, large objects in database shared") == true, "\(shared)")
        for database in ["owned", "shared"] { #expect(try migrate(database, as: "entente") == []) }
        #expect(try migrate("owned", as: "owning") == [])
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
        let database = try String(contentsOf: folder.appending(path: "database.sql"), encoding: .utf8)
        #expect(database == Migration.database, "database.sql differs: run scripts/embed-migrations")
        #expect(files.count == numbered.count + 2)
    }
}
