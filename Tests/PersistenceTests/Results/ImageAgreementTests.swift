import Concepts
import Inference
import Testbed
import Testing

@testable import Persistence

/// An image is one picture with one label.
@Suite struct ImageAgreementTests {
    private let connection: Connection
    private let id: String
    private let writer: BatchWriter

    init() throws {
        connection = try TestDatabase().connect()
        id = try Fixture.register(on: connection)
        writer = BatchWriter(connection)
    }

    private func row(
        _ image: Identifier, label: Int?, contents: String? = "aa", submission: Identifier? = nil, force: Bool = false,
        uri: String = "file:///first", isNamedAnew: Bool = false
    ) -> ImageRow {
        var row = Fixture.row(image, analysisID: id, label: label, submission: submission, force: force)
        row.contentHash = contents
        row.image.uri = uri
        row.isNamedAnew = isNamedAnew
        return row
    }

    private func stored() throws -> [String] {
        let rows = try connection.query(
            """
            SELECT concat_ws(' ', i.image_id, i.uri, coalesce(i.label, '-'), coalesce(r.label_index::text, '-'), r.sha256)
            FROM entente.images AS i JOIN entente.image_results AS r USING (analysis_id, image_id) ORDER BY i.image_id
            """)
        return try (0..<rows.count).map { try rows.text($0, 0) }
    }

    /// What is refused, by the batch; what is left lands.
    private func write(_ rows: [ImageRow]) throws -> [Int] {
        var batch = WriteBatch(results: rows)
        do {
            try writer.write(batch)
            return []
        } catch let error as PersistenceError {
            #expect(error.isImageConflict && error.isRecordLevel && !error.isRetriable)
            let refused = try writer.refused(in: batch)
            #expect(refused.allSatisfy { $0.error.isImageConflict })
            for refusal in refused.reversed() { batch.results.remove(at: refusal.row) }
            try writer.write(batch)
            return refused.map(\.row)
        }
    }

    @Test(arguments: [(1, "aa"), (nil, "aa"), (0, "bb")] as [(Int?, String)])
    func anotherLabelOrPictureIsRefusedAndTheOthersLand(label: Int?, contents: String) throws {
        #expect(try write([row("x", label: 0)]) == [])
        let others = [
            row("w", label: 1), row("x", label: label, contents: contents, uri: "file:///second"), row("y", label: nil),
        ]
        #expect(try write(others) == [1])
        #expect(try stored() == ["w file:///first n01 1 aa", "x file:///first n00 0 aa", "y file:///first - - aa"])
        #expect(
            try SubmissionStore(connection).progress(analysisID: id)
                == .init(expected: 3, done: 3, failed: 0, pending: 0))
        #expect(try Verifier(connection).differences() == [])
    }

    @Test func twoOfOneBatchAreToldApart() throws {
        #expect(
            try write([
                row("x", label: 2), row("x", label: 2), row("x", label: 3), row("y", label: 1, contents: "cc"),
                row("y", label: 1, contents: "dd"), row("y", label: 1, contents: nil),
            ]) == [2, 4])
        #expect(try stored() == ["x file:///first n02 2 aa", "y file:///first n01 1 cc"])
    }

    @Test func aRowThatCantBeStoredHidesNoConflict() throws {
        #expect(try write([row("x", label: 2)]) == [])
        let batch = WriteBatch(results: [row("x", label: 1), row("y", label: -4), row("z", label: 0)])
        #expect(throws: PersistenceError.self) { try writer.write(batch) }
        #expect(try Set(writer.refused(in: batch).map(\.row)).isSubset(of: [0, 1]))
        #expect(try !writer.refused(in: batch).isEmpty)
    }

    @Test func whatIsForcedTakesTheImageOverAndWhatWasSaidBeforeGoesUnheard() throws {
        let store = SubmissionStore(connection)
        let old = try store.create(analysisID: id, kind: .submit).id
        let new = try store.create(analysisID: id, kind: .submit, force: true).id
        #expect(try write([row("x", label: 0, submission: old)]) == [])
        #expect(
            try write([row("x", label: 4, contents: "bb", submission: new, force: true, uri: "file:///second")]) == [])
        #expect(try stored() == ["x file:///second n04 4 bb"])
        #expect(try connection.query("SELECT other_uri FROM entente.images").text(0, 0) == "file:///first")
        // Neither an older submission nor an older forced one is a conflict, or changes anything.
        #expect(
            try write([row("x", label: 0, submission: old), row("x", label: 1, submission: old, force: true)]) == [])
        #expect(try write([row("x", label: 1)]) == [0], "of no submission, so not known to be older")
        #expect(try stored() == ["x file:///second n04 4 bb"])
        #expect(try Verifier(connection).differences() == [])
    }

    /// A picture that failed under one name succeeds under another: the row says where the result is from.
    @Test func theImageIsWhatItsResultWasComputedFrom() throws {
        var failure = Fixture.failure("x", analysisID: id)
        failure.image = ImageReference(id: "x", uri: "file:///gone", label: "n03", sha256: "ff")
        try writer.write(WriteBatch(failures: [failure]))
        #expect(try write([row("x", label: 0, uri: "file:///there", isNamedAnew: true)]) == [])
        #expect(try stored() == ["x file:///there n00 0 aa"])
        // Not of what another transaction wrote.
        #expect(try write([row("x", label: 0, uri: "file:///later", isNamedAnew: true)]) == [])
        #expect(try stored() == ["x file:///there n00 0 aa"])
    }

    @Test func bytesThatWereKeptStayKept() throws {
        let store = SubmissionStore(connection, keepData: true)
        let submission = try store.create(analysisID: id, kind: .submit, force: true)
        let uri = "data:image/png;base64,QUJD"
        try store.expect([ImageReference(id: "x", uri: uri, label: "n00")], of: submission)
        #expect(
            try write([row("x", label: 0, submission: submission.id, force: true, uri: uri, isNamedAnew: true)]) == [])
        #expect(try write([row("x", label: 0, uri: uri, isNamedAnew: true)]) == [])
        #expect(try connection.query("SELECT uri FROM entente.images").text(0, 0) == uri)
    }
}
