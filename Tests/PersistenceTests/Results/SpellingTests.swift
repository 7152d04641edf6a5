import Concepts
import Inference
import Testbed
import Testing

@testable import Persistence

/// Names that differ in how a letter is composed, and in nothing that can be seen, are those of two things.
@Suite struct SpellingTests {
    private static let alike: [Identifier] = ["\u{F6}.tif", "o\u{308}.tif"]

    private let connection: Connection
    private let id: String

    init() throws {
        connection = try TestDatabase().connect()
        id = try Fixture.register(on: connection)
    }

    private func progress() throws -> AnalysisProgress { try SubmissionStore(connection).progress(analysisID: id) }

    @Test func bothAreExpectedAndDone() throws {
        let store = SubmissionStore(connection)
        let submission = try store.create(analysisID: id, kind: .submit)
        let images = Self.alike.map { ImageReference(id: $0, uri: "file:///\($0)", label: "n00") }
        #expect(try store.expect(images, of: submission) == 2)
        #expect(try progress() == .init(expected: 2, done: 0, failed: 0, pending: 2))
        let rows = Self.alike.map { Fixture.row($0, analysisID: id) }
        #expect(try BatchWriter(connection).write(WriteBatch(results: rows)).imagesWritten == 2)
        #expect(try progress() == .init(expected: 2, done: 2, failed: 0, pending: 0))
        #expect(try Verifier(connection).differences() == [])
    }

    @Test func bothFail() throws {
        let batch = WriteBatch(failures: Self.alike.map { Fixture.failure($0, analysisID: id) })
        #expect(try BatchWriter(connection).write(batch).failuresWritten == 2)
        #expect(try progress() == .init(expected: 2, done: 0, failed: 2, pending: 0))
    }

    @Test func bothSubmissionsAreKnown() throws {
        let rows = ["a", "b"].enumerated().map {
            Fixture.row(Identifier($1), analysisID: id, submission: Self.alike[$0])
        }
        try BatchWriter(connection).write(WriteBatch(results: rows))
        let known = try connection.query(
            """
            SELECT s.submission_id FROM entente.image_results AS r JOIN entente.submissions AS s ON s.sequence = r.submission
            ORDER BY r.image_id
            """)
        #expect(try (0..<known.count).map { try known.identifier($0, 0) } == Self.alike)
    }

    @Test func groupsAreReplayedApart() throws {
        let store = SubmissionStore(connection)
        let images = ["1", "2"].flatMap { number in
            Self.alike.map { ImageReference(id: "\($0) \(number)", uri: "file:///x", group: $0) }
        }
        try store.expect(images, of: store.create(analysisID: id, kind: .submit))
        var keys: [[Identifier?]?] = []
        let source = ReplaySource(connection, analysisID: id)
        try source.snapshot { try source.forEach { keys.append($0.jointKey) } }
        #expect(keys.count == 4 && Set(keys).count == 2)
    }

    @Test func classesAndDescriptorsKeepTheirPlaces() throws {
        let analysis = Analysis(
            model: .init(weights: "w", configuration: "c", tokenizer: "t"),
            classes: Self.alike.map { .init(id: $0, name: "a class") }, descriptors: Self.alike, templates: ["{}"],
            descriptorTemplate: "{}", method: .init())
        let store = AnalysisStore(connection)
        try store.register(analysis, name: "alike")
        let loaded = try #require(try store.load(analysis.id))
        #expect(loaded.classes.map(\.id) == Self.alike && loaded.descriptors == Self.alike)
    }
}
