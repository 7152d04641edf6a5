import Foundation
import Testbed
import Testing

@testable import Persistence
@testable import Processes

/// `deploy/postgres/logins.sql`, run as the container of the database runs it, before anything is migrated.
@Suite struct LoginTests {
    @Test func eachLoginMayDoItsWorkAndNoMore() throws {
        let cluster = try PrivateCluster(
            {
                var options = PrivateCluster.Options()
                options.durable = false
                return options
            }())
        defer { cluster.stop() }
        try runFile(cluster)
        let owner = try Connection(uri: cluster.uri(), settings: .patient(applicationName: "test"))
        #expect(try Migrator(owner).migrate().warnings == [])

        let worker = try connect(cluster, as: "entente_work")
        try Migrator(worker).check()
        #expect(throws: PersistenceError.self) { try worker.exec("DELETE FROM entente.images") }

        let grafana = try connect(cluster, as: "entente_grafana")
        let settings = try grafana.query(
            "SELECT current_setting('default_transaction_read_only'), setting, boot_val FROM pg_settings WHERE name = 'jit'"
        )
        #expect(try settings.text(0, 0) == "on" && settings.text(0, 1) == "off")
        for (name, value) in [
            ("statement_timeout", "10s"), ("lock_timeout", "5s"), ("idle_in_transaction_session_timeout", "10s"),
            ("temp_file_limit", "2GB"),
        ] {
            let limit = try owner.query(
                "SELECT $1 || '=' || $2 = ANY (setconfig) FROM pg_db_role_setting WHERE setrole = 'entente_grafana'::regrole",
                [.text(name), .text(value)])
            #expect(try limit.bool(0, 0), "\(name)")
        }
        #expect(try grafana.query("SELECT FROM entente.analysis_progress").count == 0)
        #expect(throws: PersistenceError.self) { try grafana.exec("SELECT FROM entente.images") }
        try expectBounds(of: grafana, cluster)
        let stored = try owner.query(
            "SELECT rolname::text FROM pg_authid WHERE rolpassword LIKE 'SCRAM%' ORDER BY 1")
        #expect(try (0..<stored.count).map { try stored.text($0, 0) } == ["entente_grafana", "entente_work"])
    }

    /// What holds for a reader that has set aside what it may.
    private func expectBounds(of reader: Connection, _ cluster: PrivateCluster) throws {
        try reader.exec("SET default_transaction_read_only = off; SET statement_timeout = 0")
        for sql in [
            "CREATE TEMPORARY TABLE mine (a integer)", "SELECT lo_from_bytea(0, 'mine')",
            "CREATE TABLE public.mine (a integer)",
            "SET temp_file_limit = -1", "ALTER ROLE entente_grafana CONNECTION LIMIT -1",
            "ALTER ROLE entente_grafana SET temp_file_limit = -1",
        ] {
            let error = #expect(throws: PersistenceError.self, "\(sql)") { try reader.exec(sql) }
            #expect(error?.sqlState == "42501", "\(sql): \(String(describing: error))")
        }
        var sessions = [reader]
        let error = #expect(throws: PersistenceError.self) {
            for _ in 0..<10 { sessions.append(try connect(cluster, as: "entente_grafana")) }
        }
        #expect(error?.description.contains("too many connections") == true, "\(String(describing: error))")
        #expect(sessions.count == 10)
    }

    private func connect(_ cluster: PrivateCluster, as user: String) throws -> Connection {
        let uri = cluster.uri().replacing("user=entente", with: "user=\(user)")
        return try Connection(uri: uri, settings: SessionSettings(applicationName: "test"))
    }

    private func runFile(_ cluster: PrivateCluster) throws {
        // …/Tests/PersistenceTests/Migrations/LoginTests.swift
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "psql", "--no-psqlrc", "--quiet", "--file", Checkout.root + "/deploy/postgres/logins.sql", cluster.uri(),
        ]
        process.environment = ProcessInfo.processInfo.environment.merging([
            "ENTENTE_WORKER_PASSWORD": "it's a secret", "ENTENTE_READER_PASSWORD": "another",
        ]) { $1 }
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }
}
