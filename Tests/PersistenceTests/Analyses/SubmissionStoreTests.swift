import Inference
import Testbed
import Testing

@testable import Persistence

@Suite struct SubmissionStoreTests {
    private let connection: Connection
    private let id: String
    private let store: SubmissionStore

    init() throws {
        connection = try TestDatabase().connect()
        id = try Fixture.register(on: connection)
        store = SubmissionStore(connection)
    }

    private func images(_ range: Range<Int>, at folder: String = "x") -> [ImageReference] {
        range.map { ImageReference(id: "image \($0)", uri: "file:///\(folder)/\($0)", label: "n00", group: "g") }
    }

    private func uris() throws -> [String] {
        let rows = try connection.query("SELECT uri FROM entente.images ORDER BY image_id")
        return try (0..<rows.count).map { try rows.text($0, 0) }
    }

    @Test func expectedIsDonePlusFailedPlusPending() throws {
        let first = try store.create(analysisID: id, kind: .submit)
        #expect(try store.expect(images(0..<2500), of: first) == 2500)
        #expect(try store.progress(analysisID: id) == .init(expected: 2500, done: 0, failed: 0, pending: 2500))
        let writer = BatchWriter(connection)
        // Image 1 fails and then succeeds, image 2 succeeds and then fails, image 3 fails twice.
        try writer.write(
            WriteBatch(
                results: [Fixture.row("image 0", analysisID: id), Fixture.row("image 2", analysisID: id)],
                failures: [Fixture.failure("image 1", analysisID: id), Fixture.failure("image 3", analysisID: id)]))
        #expect(try store.progress(analysisID: id) == .init(expected: 2500, done: 2, failed: 2, pending: 2496))
        try writer.write(
            WriteBatch(
                results: [Fixture.row("image 1", analysisID: id)],
                failures: [
                    Fixture.failure("image 2", analysisID: id, offset: 1),
                    Fixture.failure("image 3", analysisID: id, offset: 1),
                ]))
        #expect(try store.progress(analysisID: id) == .init(expected: 2500, done: 3, failed: 1, pending: 2496))
        // An image that nobody announced is expected from then on.
        try writer.write(WriteBatch(results: [Fixture.row("foreign", analysisID: id)]))
        #expect(try store.progress(analysisID: id) == .init(expected: 2501, done: 4, failed: 1, pending: 2496))
        let again = try store.create(analysisID: id, kind: .submit)
        #expect(try store.expect(images(2490..<2510), of: again) == 10)
        #expect(try store.progress(analysisID: id).expected == 2511)
        #expect(try Verifier(connection).differences() == [])
        #expect(throws: PersistenceError.self) { try store.progress(analysisID: "none") }
    }

    @Test func aSubmissionSaysWhereAnImageIsNowUnlessItIsDone() throws {
        let first = try store.create(analysisID: id, kind: .submit)
        try store.expect(images(0..<2), of: first)
        try BatchWriter(connection).write(WriteBatch(results: [Fixture.row("image 0", analysisID: id)]))
        try store.expect(images(0..<2, at: "moved"), of: store.create(analysisID: id, kind: .submit))
        #expect(try uris() == ["file:///x/0", "file:///moved/1"])
        try store.expect(
            images(0..<2, at: "forced"), of: store.create(analysisID: id, kind: .replay, force: true, replayedFrom: id))
        #expect(try uris() == ["file:///forced/0", "file:///forced/1"])
    }

    private func facts() throws -> [String] {
        let rows = try connection.query(
            """
            SELECT concat_ws(' ', image_id, uri, coalesce(other_uri, '-'), coalesce(label, '-'), coalesce(sha256, '-'))
            FROM entente.images ORDER BY image_id
            """)
        return try (0..<rows.count).map { try rows.text($0, 0) }
    }

    /// Whatever two submissions say at the same time, the label and the picture of what stands or is on its way stay.
    @Test func anImageStaysWhatItIs() throws {
        let old = ["done", "failed", "pending"].map {
            ImageReference(id: Identifier($0), uri: "file:///old", label: "n00", sha256: "aa")
        }
        try store.expect(old, of: store.create(analysisID: id, kind: .submit))
        var row = Fixture.row("done", analysisID: id)
        row.contentHash = "aa"
        try BatchWriter(connection).write(
            WriteBatch(results: [row], failures: [Fixture.failure("failed", analysisID: id)]))
        let new = old.map { ImageReference(id: $0.id, uri: "file:///new", label: "n01", sha256: "bb") }
        try store.expect(new, of: store.create(analysisID: id, kind: .submit))
        #expect(
            try facts() == [
                "done file:///old file:///new n00 aa", "failed file:///new file:///old n01 bb",
                "pending file:///new file:///old n00 aa",
            ])
        try store.expect(new, of: store.create(analysisID: id, kind: .submit, force: true))
        #expect(
            try facts() == [
                "done file:///new file:///old n01 bb", "failed file:///new file:///old n01 bb",
                "pending file:///new file:///old n01 bb",
            ])
        #expect(try store.progress(analysisID: id) == .init(expected: 3, done: 1, failed: 1, pending: 1))
    }

    @Test func whatIsKnownIsToldInOrder() throws {
        try store.expect(
            [ImageReference(id: "announced", uri: "file:///x", label: "n01", sha256: "aa")],
            of: store.create(analysisID: id, kind: .submit))
        try BatchWriter(connection).write(WriteBatch(results: [Fixture.row("done", analysisID: id, label: 3)]))
        #expect(
            try store.known(["unknown", "done", "announced"], analysisID: id) == [
                StandingImage(),
                StandingImage(state: .done, result: .ofImage, label: "n03", labelIndex: 3, sha256: "00"),
                StandingImage(state: .pending, label: "n01", sha256: "aa"),
            ])
        #expect(
            try store.known([], analysisID: id) == [] && store.known(["done"], analysisID: "none") == [StandingImage()])
    }

    @Test func jobsAreCountedUntilTheLast() throws {
        let submission = try store.create(analysisID: id, kind: .submit)
        func state() throws -> [String] {
            let rows = try connection.query(
                "SELECT images::text, jobs::text, jobs_produced::text, (finished_at IS NOT NULL)::text FROM entente.submissions"
            )
            return try (0..<4).map { try rows.text(0, $0) }
        }
        try store.expect(images(0..<7), of: submission)
        try store.plan(jobs: 3, of: submission)
        try store.produced(jobs: 2, of: submission)
        #expect(try state() == ["7", "3", "2", "false"])
        try store.produced(jobs: 1, of: submission)
        #expect(try state() == ["7", "3", "3", "true"])
    }

    @Test func inlineBytesAreLeftOut() throws {
        let image = ImageReference(id: "a", uri: "data:,abc")
        try store.expect([image], of: store.create(analysisID: id, kind: .submit))
        #expect(try uris() == ["data:"])
        try SubmissionStore(connection, keepData: true).expect([image], of: store.create(analysisID: id, kind: .submit))
        #expect(try uris() == ["data:,abc"])
    }

    @Test func oddIdsAreRefusedByName() throws {
        let submission = try store.create(analysisID: id, kind: .submit)
        for bad in ["a\0", String(repeating: "é", count: 600)] {
            let error = #expect(throws: PersistenceError.self) {
                try store.expect([ImageReference(id: Identifier(bad), uri: "file:///x")], of: submission)
            }
            #expect(error?.isRecordLevel == true)
        }
    }
}
