import Inference
import Testbed
import Testing

@testable import Persistence

/// An image's result comes from one group.
@Suite struct GroupMembershipTests {
    private static func row(_ id: Identifier, _ analysisID: String, digest: String?, force: Bool = false) -> ImageRow {
        var row = Fixture.row(id, analysisID: analysisID, submission: force ? "later" : nil, force: force)
        row.groupDigest = digest
        return row
    }

    private func setUp() throws -> (connection: Connection, id: String) {
        let connection = try TestDatabase().connect()
        return (connection, try Fixture.register(on: connection))
    }

    private func digests(_ connection: Connection) throws -> [String: String] {
        let rows = try connection.query("SELECT image_id, coalesce(group_digest, '-') FROM entente.image_results")
        return Dictionary(
            uniqueKeysWithValues: try (0..<rows.count).map { (try rows.text($0, 0), try rows.text($0, 1)) })
    }

    @Test func aResultOfAnotherGroupIsRefusedAndTheOthersLand() throws {
        let (connection, id) = try setUp()
        let writer = BatchWriter(connection)
        try writer.write(WriteBatch(results: ["a", "b"].map { Self.row($0, id, digest: "one") }))
        // The same group again is no conflict.
        try writer.write(WriteBatch(results: [Self.row("a", id, digest: "one")]))

        var batch = WriteBatch(results: ["c", "b", "a"].map { Self.row($0, id, digest: "two") })
        let error = #expect(throws: PersistenceError.self) { try writer.write(batch) }
        #expect(error?.isGroupConflict == true && error?.isRecordLevel == true && error?.isRetriable == false)
        #expect(try digests(connection) == ["a": "one", "b": "one"], "nothing of the batch was written")
        let refused = try writer.refused(in: batch)
        #expect(refused.map(\.row) == [1, 2])
        #expect(refused.allSatisfy { $0.error.isGroupConflict })
        batch.results.removeLast(2)
        try writer.write(batch)
        #expect(try digests(connection) == ["a": "one", "b": "one", "c": "two"])
        #expect(try Verifier(connection).differences().isEmpty)
    }

    @Test func twoGroupsInOneBatchAreToldApart() throws {
        let (connection, id) = try setUp()
        let writer = BatchWriter(connection)
        let batch = WriteBatch(
            results: [
                Self.row("a", id, digest: "one"), Self.row("b", id, digest: "one"), Self.row("a", id, digest: "two"),
                Self.row("a", id, digest: "one"),
            ])
        #expect(throws: PersistenceError.self) { try writer.write(batch) }
        #expect(try writer.refused(in: batch).map(\.row) == [2])
    }

    @Test func aForcedResultTakesTheImageOver() throws {
        let (connection, id) = try setUp()
        let writer = BatchWriter(connection)
        try writer.write(WriteBatch(results: [Self.row("a", id, digest: "one")]))
        try writer.write(WriteBatch(results: [Self.row("a", id, digest: "two", force: true)]))
        #expect(try digests(connection) == ["a": "two"])
        // In one batch with it, an unforced one of the old group has lost.
        let batch = WriteBatch(
            results: [Self.row("b", id, digest: "one"), Self.row("b", id, digest: "two", force: true)])
        #expect(throws: PersistenceError.self) { try writer.write(batch) }
        #expect(try writer.refused(in: batch).map(\.row) == [0])
    }

    @Test func withoutGroupsNothingIsAsked() throws {
        let (connection, id) = try setUp()
        let writer = BatchWriter(connection)
        try writer.write(WriteBatch(results: [Self.row("a", id, digest: nil), Self.row("a", id, digest: nil)]))
        #expect(try digests(connection) == ["a": "-"])
        #expect(GroupMembership([Self.row("a", id, digest: nil)]).isEmpty)
    }
}
