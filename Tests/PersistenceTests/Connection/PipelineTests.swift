import Testbed
import Testing

@testable import Persistence

@Suite struct PipelineTests {
    private static let insert = Statement("test_insert", "INSERT INTO t VALUES ($1)")
    private static let divide = Statement("test_divide", "SELECT 1 / $1")
    private static let echo = Statement("test_echo", "SELECT $1, repeat('x', length($1))")

    private func table() throws -> (TestDatabase, Connection) {
        let database = try TestDatabase(migrated: false)
        let connection = try database.connect()
        try connection.exec("CREATE TABLE t (a int PRIMARY KEY)")
        return (database, connection)
    }

    private func count(_ connection: Connection) throws -> Int64 {
        try connection.query("SELECT count(*) FROM t").bigint(0, 0)
    }

    @Test func answersComeInOrder() throws {
        let (_, connection) = try table()
        let answers = try connection.pipelinedTransaction([
            Call(Self.insert, [.int(1)]), Call(Self.divide, [.int(1)]), Call(Self.insert, [.int(2)]),
        ])
        #expect(answers.map(\.affected) == [1, 1, 1])
        #expect(try answers[1].int(0, 0) == 1)
        #expect(try count(connection) == 2)
    }

    @Test func anErrorTakesEverythingBackAndTheSessionGoesOn() throws {
        let (_, connection) = try table()
        let backend = connection.backend
        let failure = #expect(throws: PipelineFailure.self) {
            try connection.pipelinedTransaction([
                Call(Self.insert, [.int(1)]), Call(Self.divide, [.int(0)]), Call(Self.insert, [.int(2)]),
            ])
        }
        #expect(failure?.error.sqlState == "22012")
        #expect(failure?.call == 2)
        #expect(!connection.inTransaction)
        #expect(try count(connection) == 0)
        #expect(connection.backend == backend)
    }

    @Test func anErrorAtCommitIsSeen() throws {
        let (_, connection) = try table()
        try connection.exec("CREATE TABLE child (a int REFERENCES t DEFERRABLE INITIALLY DEFERRED)")
        let failure = #expect(throws: PipelineFailure.self) {
            try connection.pipelinedTransaction([
                Call(Statement("test_child", "INSERT INTO child VALUES ($1)"), [.int(5)])
            ])
        }
        #expect(failure?.error.sqlState == "23503")
        #expect(failure?.call == 2)
    }

    @Test func aTrialIsTakenBack() throws {
        let (_, connection) = try table()
        _ = try connection.pipelinedTransaction([Call(Self.insert, [.int(1)])], commit: false)
        #expect(try count(connection) == 0)
    }

    /// Far more than the sockets' buffers in both directions at once.
    @Test func neitherSideBlocksOnLargeBatches() throws {
        let (_, connection) = try table()
        let large = String(repeating: "y", count: 1_000_000)
        let answers = try connection.pipelinedTransaction((0..<24).map { _ in Call(Self.echo, [.text(large)]) })
        #expect(try answers.allSatisfy { try $0.text(0, 0).utf8.count == 1_000_000 })
    }

    @Test func aLostConnectionHasAnUnknownOutcome() throws {
        let (database, connection) = try table()
        _ = try connection.pipelinedTransaction([Call(Self.insert, [.int(1)])])
        let admin = try database.connect("admin")
        try admin.query("SELECT pg_terminate_backend($1, 5000)", [.int(connection.backend)])
        let failure = #expect(throws: PipelineFailure.self) {
            try connection.pipelinedTransaction([Call(Self.insert, [.int(2)])])
        }
        #expect(failure?.error.isRetriable == true)
        _ = try connection.pipelinedTransaction([Call(Self.insert, [.int(2)])])
        #expect(try count(connection) == 2)
    }
}
