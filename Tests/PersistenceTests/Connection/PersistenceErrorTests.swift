import Testbed
import Testing

@testable import Persistence

@Suite struct PersistenceErrorTests {
    @Test(arguments: [
        "08000", "08006", "57P01", "57P02", "57P03", "53100", "53200", "53300", "40001", "40P01", "55P03", "57014",
        "25006",
    ])
    func retriable(state: String) {
        let error = PersistenceError(.server, "x", sqlState: state)
        #expect(error.isRetriable && !error.isRecordLevel && !error.isFatal)
    }

    @Test(arguments: ["22P02", "22021", "23505", "23503", "23514"])
    func recordLevel(state: String) {
        let error = PersistenceError(.server, "x", sqlState: state)
        #expect(error.isRecordLevel && !error.isRetriable && !error.isFatal)
    }

    @Test(arguments: ["42P01", "42501", "28P01", "3D000", "0A000", "21000"])
    func fatal(state: String) {
        let error = PersistenceError(.server, "x", sqlState: state)
        #expect(error.isFatal && !error.isRetriable && !error.isRecordLevel)
    }

    @Test func aMistypedURIIsNotRepeated() {
        for uri in ["postgres:/me:hunter2@host/db", "postgresql://me:hunter2@host:port/db?x", "me:hunter2@host"] {
            let error = #expect(throws: PersistenceError.self) {
                let target = try ConnectionTarget(uri: uri)
                _ = try Connection(target, settings: .init(applicationName: "x"))
            }
            #expect(error?.description.contains("hunter2") == false, "\(error?.description ?? "")")
        }
    }

    @Test func aPasswordIsLeftOutOfTargetAndMessages() throws {
        let target = try ConnectionTarget(uri: "postgresql://me:p%40ss@localhost:1/db?connect_timeout=2")
        #expect(target.place == "database db at localhost, port 1, as user me")
        #expect(target.redacted("tried p@ss\n\tand failed") == "tried •••; and failed")
        let error = #expect(throws: PersistenceError.self) {
            try Connection(target, settings: .init(applicationName: "x"))
        }
        #expect(error?.isRetriable == true)
        #expect(error?.description.contains("p@ss") == false)
        #expect(error?.description.contains("p%40ss") == false)
    }

    @Test func aMissingDatabaseIsFatalAndSaysItsState() throws {
        let error = #expect(throws: PersistenceError.self) {
            try Connection(uri: TestCluster.uri(database: "nowhere"), settings: .init(applicationName: "x"))
        }
        #expect(error?.sqlState == "3D000")
        #expect(error?.isFatal == true)
    }

    @Test func valuesAreLeftOutOfRecordErrors() throws {
        let connection = try TestDatabase(migrated: false).connect()
        try connection.exec("CREATE TABLE t (a text PRIMARY KEY, b int CHECK (b > 0))")
        try connection.query("INSERT INTO t VALUES ($1, 1)", [.text("secret")])
        let duplicate = #expect(throws: PersistenceError.self) {
            try connection.query("INSERT INTO t VALUES ($1, 1)", [.text("secret")])
        }
        #expect(
            duplicate?.description == "running a statement: a record does not fit the tables, table t, "
                + "constraint t_pkey (SQLSTATE 23505)")
        let cast = #expect(throws: PersistenceError.self) {
            try connection.query("SELECT $1::text::int", [.text("secret")])
        }
        #expect(cast?.sqlState == "22P02")
        #expect(cast?.description.contains("secret") == false)
    }
}
