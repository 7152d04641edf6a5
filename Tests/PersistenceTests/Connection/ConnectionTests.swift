import Foundation
import Testbed
import Testing

@testable import Persistence

@Suite struct ConnectionTests {
    @Test(arguments: [
        "", "plain", "it's \"quoted\"; DROP TABLE x; --", "back\\slash", "🦎 tabby\u{301} 猫", "line\nline\t",
    ])
    func textsComeBackAsTheyWent(text: String) throws {
        let connection = try TestDatabase(migrated: false).connect()
        let rows = try connection.query("SELECT $1, $2", [.text(text), .texts([text, nil, "x"])])
        #expect(try rows.text(0, 0) == text)
        #expect(throws: PersistenceError.self) { try rows.texts(0, 1) }
        #expect(try connection.query("SELECT $1", [.texts([text])]).texts(0, 0) == [text])
    }

    /// A session that began while the server took no writes stays that way, whatever becomes of the server.
    @Test func aReadOnlySessionIsLeft() throws {
        let database = try TestDatabase()
        let admin = try database.connect()
        try admin.exec("ALTER DATABASE \(database.name) SET default_transaction_read_only = on")
        let connection = try database.connect()
        func write() throws { try connection.exec("CREATE TABLE entente.written ()") }
        #expect(throws: PersistenceError.self) { try write() }
        try admin.exec("ALTER DATABASE \(database.name) RESET default_transaction_read_only")
        let error = #expect(throws: PersistenceError.self) {
            try admin.exec("BEGIN; SET TRANSACTION READ ONLY; CREATE TABLE entente.other ()")
        }
        #expect(error?.sqlState == "25006")
        try admin.exec("ROLLBACK")
        try write()
    }

    /// Of several servers, the one that can be written to.
    @Test func whoWritesWantsAServerThatTakesWrites() throws {
        let database = try TestDatabase()
        try database.connect().exec("ALTER DATABASE \(database.name) SET default_transaction_read_only = on")
        var settings = SessionSettings(applicationName: "writer")
        settings.writes = true
        let error = #expect(throws: PersistenceError.self) { try Connection(uri: database.uri, settings: settings) }
        #expect(
            error?.description.contains("read-only") == true && error?.isRetriable == true,
            "\(String(describing: error))")
        _ = try Connection(uri: database.uri + "&target_session_attrs=any", settings: settings)
    }

    @Test func aNULIsRefusedByName() throws {
        let connection = try TestDatabase(migrated: false).connect()
        for parameter in [Parameter.text("a\0b"), .texts(["fine", "a\0b"])] {
            let error = #expect(throws: PersistenceError.self) {
                try connection.query("SELECT $1, $2", [.text("fine"), parameter])
            }
            #expect(error?.code == .value)
            #expect(error?.isRecordLevel == true)
            #expect(error?.description.contains("value 2 holds the character U+0000") == true)
        }
        #expect(try connection.query("SELECT 1").int(0, 0) == 1)
    }

    @Test func arraysAndScalarsComeBack() throws {
        let connection = try TestDatabase(migrated: false).connect()
        let rows = try connection.query(
            "SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13",
            [
                .bigints([]), .bigints([Int64.min]), .ints([1, -2, Int32.max]), .reals([0.1, -.infinity]),
                .bools([true, false]), .array([Int16(-7)]), .double(-0.0), .bytes([]), .bytes([0, 255]), .bool(nil),
                .int(Int32.min), .bigint(nil), .array([[], [1], nil] as [[UInt8]?]),
            ])
        #expect(try rows.bigints(0, 0) == [])
        #expect(try rows.bigints(0, 1) == [Int64.min])
        #expect(try rows.ints(0, 2) == [1, -2, Int32.max])
        #expect(try rows.reals(0, 3) == [0.1, -.infinity])
        #expect(try rows.bools(0, 4) == [true, false])
        #expect(try rows.elements(0, 5) as [Int16] == [-7])
        #expect(try rows.double(0, 6).sign == .minus)
        #expect(try rows.bytes(0, 7) == [])
        #expect(try rows.bytes(0, 8) == [0, 255])
        #expect(try rows.optionalBool(0, 9) == nil)
        #expect(try rows.int(0, 10) == Int32.min)
        #expect(try rows.optionalBigint(0, 11) == nil)
        #expect(try rows.optionalByteStrings(0, 12) == [[], [1], nil])
    }

    @Test func aColumnOfAnotherTypeOrPlaceIsAnErrorAndNoTrap() throws {
        let connection = try TestDatabase(migrated: false).connect()
        let rows = try connection.query("SELECT 1::int AS number, NULL::text AS nothing")
        #expect(throws: PersistenceError.self) { try rows.text(0, 0) }
        #expect(throws: PersistenceError.self) { try rows.text(0, 1) }
        #expect(throws: PersistenceError.self) { try rows.int(0, 2) }
        #expect(throws: PersistenceError.self) { try rows.int(1, 0) }
        #expect(throws: PersistenceError.self) { try rows.ints(0, 0) }
    }

    @Test func theSessionIsAsTheSettingsSay() throws {
        var settings = SessionSettings(applicationName: "worker 7")
        settings.statementTimeout = 1234
        let connection = try Connection(uri: TestDatabase(migrated: false).uri, settings: settings)
        func show(_ name: String) throws -> String {
            try connection.query("SELECT current_setting($1)", [.text(name)]).text(0, 0)
        }
        #expect(try show("application_name") == "worker 7")
        #expect(try show("statement_timeout") == "1234ms")
        #expect(try show("lock_timeout") == "10s")
        #expect(try show("idle_in_transaction_session_timeout") == "10s")
    }

    @Test func anEndedBackendIsRetriableAndTheNextStatementWorks() throws {
        let database = try TestDatabase()
        let connection = try database.connect()
        let statement = Statement("test_sum", "SELECT $1 + 1")
        #expect(try connection.run(statement, [.int(1)]).int(0, 0) == 2)
        let admin = try database.connect("admin")
        try admin.query("SELECT pg_terminate_backend($1, 5000)", [.int(connection.backend)])
        let error = #expect(throws: PersistenceError.self) { try connection.run(statement, [.int(1)]) }
        #expect(error?.isRetriable == true)
        #expect(error?.isFatal == false)
        #expect(try connection.run(statement, [.int(2)]).int(0, 0) == 3)
        #expect(try connection.query("SELECT current_setting('statement_timeout')").text(0, 0) == "30s")
    }

    @Test func aTransactionThatFailsLeavesNothing() throws {
        let connection = try TestDatabase(migrated: false).connect()
        try connection.exec("CREATE TABLE t (a int)")
        #expect(throws: PersistenceError.self) {
            try connection.transaction {
                try connection.exec("INSERT INTO t VALUES (1)")
                try connection.exec("SELECT 1/0")
            }
        }
        #expect(!connection.inTransaction)
        #expect(try connection.query("SELECT count(*) FROM t").bigint(0, 0) == 0)
    }

    @Test func statementTimeoutIsRetriable() throws {
        var settings = SessionSettings(applicationName: "hasty")
        settings.statementTimeout = 20
        let connection = try Connection(uri: TestDatabase(migrated: false).uri, settings: settings)
        let error = #expect(throws: PersistenceError.self) { try connection.query("SELECT pg_sleep(60)") }
        #expect(error?.sqlState == "57014")
        #expect(error?.isRetriable == true)
    }
}
