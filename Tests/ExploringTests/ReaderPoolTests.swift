import Foundation
import Persistence
import Testbed
import Testing

@testable import Exploring

@Suite struct ReaderPoolTests {
    private static func pool(_ database: TestDatabase, patience: Int = 600_000) throws -> ReaderPool {
        ReaderPool(try ConnectionTarget(uri: database.uri), sessions: 1, patience: patience)
    }

    /// The only session is free again for who asks next.
    @Test func whatNobodyWaitsForIsBrokenOff() async throws {
        let database = try TestDatabase()
        let (uri, pool) = (database.uri, try Self.pool(database))
        let waiting = Task { try await pool.ask { try $0.raw("SELECT pg_sleep(600)", []).count } }
        try await onOwnThread {
            let onlooker = try Connection(uri: uri, settings: .patient(applicationName: "onlooker"))
            try eventually("the statement runs") {
                try onlooker.query(
                    """
                    SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND application_name = 'entente explore' AND query LIKE '%pg_sleep(600)%'
                    """
                ).bigint(0, 0) == 1
            }
        }
        waiting.cancel()
        let error = await #expect(throws: PersistenceError.self) { try await waiting.value }
        #expect(error?.sqlState == "57014")
        #expect(try await pool.ask { try $0.raw("SELECT 7", []).int(0, 0) } == 7)
        try await onOwnThread { pool.close() }
    }

    @Test func aPageIsReadWithAReadersRightsAndWritesNothing() async throws {
        let database = try TestDatabase()
        let pool = try Self.pool(database)
        let user = try await pool.ask { reader in
            try reader.raw("SELECT current_user::text || current_setting('transaction_read_only')", []).text(0, 0)
        }
        #expect(user == "entente_readeron")
        let error = await #expect(throws: PersistenceError.self) {
            try await pool.ask { try $0.raw("SELECT count(*) FROM entente.analyses", []).count }
        }
        #expect(error?.sqlState == "42501")
        // After a failure the session goes on.
        #expect(try await pool.ask { try $0.rows("x", "SELECT 1 AS a, NULL::text AS b").first?.count("a") } == 1)
        try await onOwnThread { pool.close() }
    }

    @Test func aStatementHasItsTime() async throws {
        let database = try TestDatabase()
        let pool = try Self.pool(database, patience: 50)
        let error = await #expect(throws: PersistenceError.self) {
            try await pool.ask { try $0.raw("SELECT pg_sleep(600)", []).count }
        }
        #expect(error?.isTimeout == true)
        try await onOwnThread { pool.close() }
    }

    @Test func aDatabaseThatIsNotThereIsSaidSo() async throws {
        let pool = ReaderPool(try ConnectionTarget(uri: "postgresql:///x?host=/nowhere"), sessions: 1)
        let error = await #expect(throws: PersistenceError.self) {
            try await pool.ask { try $0.raw("SELECT 1", []).count }
        }
        #expect(error?.isRetriable == true)
        try await onOwnThread { pool.close() }
    }
}
