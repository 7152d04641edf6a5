import Inference
import Testbed
import Testing

@testable import Persistence

@Suite struct ReplaySourceTests {
    private let connection: Connection
    private let id: String

    init() throws {
        connection = try TestDatabase().connect()
        id = try Fixture.register(on: connection)
    }

    private func expect(_ images: [(id: Identifier, group: Identifier?)]) throws {
        let store = SubmissionStore(connection)
        try store.expect(
            images.map { ImageReference(id: $0.id, uri: "file:///\($0.id)", sha256: "announced", group: $0.group) },
            of: store.create(analysisID: id, kind: .submit))
    }

    private func found(failedOnly: Bool = false, wholeGroups: Bool = false) throws -> [ReplaySource.Image] {
        var images: [ReplaySource.Image] = []
        let source = ReplaySource(connection, analysisID: id, failedOnly: failedOnly, wholeGroups: wholeGroups)
        try source.snapshot { try source.forEach { images.append($0) } }
        return images
    }

    @Test func everyImageComesOnceInOrderOverPages() throws {
        try expect((0..<1234).map { ("image \($0)", nil) })
        let ids = try found().map(\.reference.id)
        #expect(ids == (0..<1234).map { "image \($0)" }.sorted())
        #expect(try found().allSatisfy { $0.jointKey == nil })
    }

    @Test func theHashIsThatOfTheBytesThatWereAnalysed() throws {
        try expect([("a", nil), ("b", nil)])
        try BatchWriter(connection).write(WriteBatch(results: [Fixture.row("a", analysisID: id)]))
        #expect(try found().map(\.reference.sha256) == ["00", "announced"])
    }

    @Test func whatWasDecomposedTogetherFollowsEachOther() throws {
        try expect([
            ("a1", "a"), ("b1", "b"), ("a2", "a"), ("b2", "b"), ("alone", nil), ("a3", "a"), ("b3", "b"), ("c", "c"),
        ])
        // Group a was one job and lost a member; group b two jobs, and nobody knows of which b3 was.
        func row(_ image: Identifier, _ digest: String) -> ImageRow {
            var row = Fixture.row(image, analysisID: id)
            row.groupDigest = digest
            return row
        }
        try BatchWriter(connection).write(
            WriteBatch(
                results: [row("a1", "da"), row("a3", "da"), row("b1", "db"), row("b2", "dc")],
                failures: [Fixture.failure("a2", analysisID: id), Fixture.failure("b3", analysisID: id)]))
        var runs: [[Identifier]] = []
        var last: [Identifier?]?
        for image in try found() {
            if image.jointKey == nil || image.jointKey != last { runs.append([]) }
            last = image.jointKey
            runs[runs.count - 1].append(image.reference.id)
        }
        #expect(runs == [["alone"], ["a1", "a2", "a3"], ["b3"], ["b1"], ["b2"], ["c"]])
        #expect(try found(failedOnly: true).map(\.reference.id) == ["a2", "b3"])
        #expect(try found(failedOnly: true, wholeGroups: true).map(\.reference.id) == ["a1", "a2", "a3", "b3"])
    }

    @Test func aSnapshotSeesTheSameTwice() throws {
        try expect([("a", nil)])
        let other = try Connection(connection.target, settings: SessionSettings(applicationName: "other"))
        let source = ReplaySource(connection, analysisID: id)
        try source.snapshot {
            for _ in 0..<2 {
                var ids: [String] = []
                try source.forEach { ids.append($0.reference.id.text) }
                #expect(ids == ["a"])
                let store = SubmissionStore(other)
                try store.expect(
                    [ImageReference(id: "late", uri: "file:///l")], of: store.create(analysisID: id, kind: .submit))
            }
        }
        #expect(try found().count == 2)
    }
}
