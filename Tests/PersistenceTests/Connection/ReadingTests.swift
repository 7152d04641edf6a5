import Foundation
import Testbed
import Testing

@testable import Persistence

/// Sessions that only read, with the rights of a role, and statements that are broken off.
@Suite struct ReadingTests {
    private static func reader(_ database: TestDatabase, role: String? = "entente_reader") throws -> Connection {
        var settings = SessionSettings(applicationName: "reader")
        settings.onlyReads = true
        settings.role = role
        return try Connection(uri: database.uri, settings: settings)
    }

    @Test func aReaderReadsViewsAndWritesNothing() throws {
        let database = try TestDatabase()
        let connection = try Self.reader(database)
        #expect(try connection.query("SELECT count(*) FROM entente.analysis_progress").bigint(0, 0) == 0)
        let denied = #expect(throws: PersistenceError.self) {
            try connection.query("SELECT count(*) FROM entente.analyses")
        }
        #expect(denied?.sqlState == "42501")
        // With all rights there are, it still only reads.
        let owner = try Self.reader(database, role: nil)
        let refused = #expect(throws: PersistenceError.self) { try owner.exec("CREATE TABLE entente.other ()") }
        #expect(refused?.sqlState == "25006")
    }

    @Test func aSessionThatIsMadeAnewIsAReadersToo() throws {
        let database = try TestDatabase()
        let connection = try Self.reader(database)
        try connection.reconnect()
        #expect(try connection.query("SELECT current_user::text").text(0, 0) == "entente_reader")
    }

    @Test func allOfAReadingIsOfOneMoment() throws {
        let database = try TestDatabase()
        let (connection, writer) = (try Self.reader(database), try database.connect())
        let count = "SELECT count(*) FROM entente.analysis_progress"
        try connection.reading {
            #expect(try connection.query(count).bigint(0, 0) == 0)
            _ = try Fixture.register("a", on: writer)
            #expect(try connection.query(count).bigint(0, 0) == 0)
        }
        #expect(!connection.inTransaction)
        #expect(try connection.query(count).bigint(0, 0) == 1)
        struct Broken: Error {}
        #expect(throws: Broken.self) { try connection.reading { throw Broken() } }
        #expect(!connection.inTransaction)
    }

    @Test func aStatementIsBrokenOffFromAnotherThread() async throws {
        let database = try TestDatabase()
        let connection = try Self.reader(database)
        let uri = database.uri
        let breakOff = try #require(connection.breakOff)
        let backend = connection.backend
        let breaking = Task {
            try await onOwnThread {
                let onlooker = try Connection(uri: uri, settings: .patient(applicationName: "onlooker"))
                try eventually("the statement runs") {
                    try onlooker.query(
                        "SELECT count(*) FROM pg_stat_activity WHERE pid = \(backend) AND query LIKE '%pg_sleep(600)%'"
                    ).bigint(0, 0) == 1
                }
                breakOff()
            }
        }
        let error = #expect(throws: PersistenceError.self) { try connection.query("SELECT pg_sleep(600)") }
        #expect(error?.sqlState == "57014")
        try await breaking.value
        // Its session goes on.
        #expect(try connection.query("SELECT 7").int(0, 0) == 7 && connection.backend == backend)
    }

    @Test func cellsAreWhatTheServerSaysTheyAre() throws {
        let connection = try TestDatabase(migrated: false).connect()
        let rows = try connection.query(
            """
            SELECT NULL::int4, true, 7::int2, -7::int4, 9007199254740993::int8, 0.5::float4, 0.1::float8, 'é', 'n'::name,
                '\\x00ff'::bytea, '{true,false}'::bool[], '{1,2}'::int2[], '{3}'::int4[], '{4}'::int8[], '{0.5}'::float4[],
                '{0.25}'::float8[], '{a,b}'::text[], NULL::text[], '{}'::int4[]
            """)
        let cells = try (0..<rows.columns.count).map { try rows.cell(0, $0) }
        let wanted: [Cell] = [
            .null, .flag(true), .integer(7), .integer(-7), .integer(9_007_199_254_740_993), .real(0.5), .real(0.1),
            .text("é"),
            .text("n"), .bytes([0, 255]), .flags([true, false]), .integers([1, 2]), .integers([3]), .integers([4]),
            .reals([0.5]),
            .reals([0.25]), .texts(["a", "b"]), .null, .integers([]),
        ]
        #expect(cells == wanted)
        let number = try connection.query("SELECT 1::numeric")
        #expect(throws: PersistenceError.self) { try number.cell(0, 0) }
    }
}
