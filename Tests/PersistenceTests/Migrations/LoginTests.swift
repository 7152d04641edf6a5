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
        #expect(try grafana.query("SELECT FROM entente.analysis_progress").count == 0)
        #expect(throws: PersistenceError.self) { try grafana.exec("SELECT FROM entente.images") }
        let stored = try owner.query(
            "SELECT rolname::text FROM pg_authid WHERE rolpassword LIKE 'SCRAM%' ORDER BY 1")
        #expect(try (0..<stored.count).map { try stored.text($0, 0) } == ["entente_grafana", "entente_work"])
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
