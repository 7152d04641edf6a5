import Inference
import Testbed
import Testing

@testable import Persistence

@Suite struct CancellationTests {
    private let connection: Connection
    private let id: String
    private let store: SubmissionStore

    init() throws {
        connection = try TestDatabase().connect()
        id = try Fixture.register(on: connection)
        store = SubmissionStore(connection)
    }

    private func submit(_ names: String...) throws -> Submission {
        let submission = try store.create(analysisID: id, kind: .submit)
        try store.expect(names.map { ImageReference(id: Identifier($0), uri: "file:///\($0)") }, of: submission)
        return submission
    }

    @Test func whatIsPendingIsNoLongerExpected() throws {
        let first = try submit("a", "b", "c", "d", "e")
        // e is named again later, so it is no longer the first one's.
        let second = try submit("e", "f")
        try BatchWriter(connection).write(
            WriteBatch(
                results: [Fixture.row("a", analysisID: id)], failures: [Fixture.failure("b", analysisID: id)]))
        #expect(try store.progress(analysisID: id) == .init(expected: 6, done: 1, failed: 1, pending: 4))
        #expect(try store.list().map(\.pending) == [2, 2])

        #expect(try store.cancel(first.id.text) == 2)
        #expect(try store.progress(analysisID: id) == .init(expected: 4, done: 1, failed: 1, pending: 2))
        #expect(try store.list().map(\.state) == [.unfinished, .cancelled])
        #expect(try Verifier(connection).differences() == [])

        // Announced by a `submit` that had not heard of it; and the time stays.
        let at = "SELECT cancelled_at::text FROM entente.submissions WHERE submission_id = '\(first.id)'"
        let before = try connection.query(at).text(0, 0)
        try store.expect([ImageReference(id: "g", uri: "file:///g")], of: first)
        #expect(try store.cancel(first.id.text) == 1)
        #expect(try connection.query(at).text(0, 0) == before)
        #expect(try store.cancel(second.id.text) == 2)
        #expect(try store.progress(analysisID: id) == .init(expected: 2, done: 1, failed: 1, pending: 0))
        #expect(try Verifier(connection).differences() == [])
    }

    @Test func anUnknownSubmissionIsNamed() throws {
        let error = #expect(throws: PersistenceError.self) { try store.cancel("nobody's") }
        #expect(error?.code == .notFound && error?.description.contains("nobody's") == true)
    }

    @Test func aWorkerMayCancelAndStillNotDelete() throws {
        let submission = try submit("a")
        try connection.exec("SET ROLE entente_worker")
        #expect(throws: PersistenceError.self) { try connection.exec("DELETE FROM entente.images") }
        #expect(try store.cancel(submission.id.text) == 1)
        #expect(try store.progress(analysisID: id).expected == 0)
    }

    /// A worker that has found the image in place adds its result; a cancellation that comes meanwhile waits for it.
    @Test func aResultUnderWayIsKept() throws {
        let submission = try submit("a", "b")
        let (target, id) = (connection.target, id)
        let cancelled = try concurrently(2) { index in
            let own = try Connection(target, settings: SessionSettings(applicationName: "one of two"))
            func locksOnImages(_ condition: String) throws -> Bool {
                try own.query(
                    """
                    SELECT count(*) > 0 FROM pg_locks
                    WHERE relation = 'entente.images'::regclass AND pid <> pg_backend_pid() AND \(condition)
                        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                    """
                ).bool(0, 0)
            }
            guard index == 0 else {
                try eventually("the worker has looked") { try locksOnImages("granted AND mode = 'RowExclusiveLock'") }
                return try SubmissionStore(own).cancel(submission.id.text)
            }
            try own.transaction {
                try own.query(
                    """
                    INSERT INTO entente.images (analysis_id, image_id, uri, shard) VALUES ($1, 'a', 'file:///a', 0)
                    ON CONFLICT DO NOTHING
                    """, [.text(id)])
                try eventually("the cancellation waits") { try locksOnImages("NOT granted") }
                try own.query(
                    """
                    INSERT INTO entente.image_results (analysis_id, image_id, predicted_index, top_classes,
                        top_similarities, worker, kernel_set, method_revision, fetch_microseconds, decode_microseconds,
                        encode_microseconds, concepts_microseconds, shard)
                    VALUES ($1, 'a', 0, '{0}', '{0.5}', 'w', 'k', 1, 1, 1, 1, 1, 0)
                    """, [.text(id)])
            }
            return 0
        }
        #expect(cancelled == [0, 1])
        #expect(try store.progress(analysisID: id) == .init(expected: 1, done: 1, failed: 0, pending: 0))
        #expect(try Verifier(connection).differences() == [])
    }
}
