import Concepts
import Inference
import Testbed
import Testing

@testable import Persistence

/// What is retrieved in images of each class, against numbers worked out by hand.
@Suite struct ConceptOccurrencesTests {
    private let connection: Connection
    private let analysisID: String

    init() throws {
        connection = try TestDatabase().connect()
        analysisID = try Fixture.register("mined", on: connection)
        func row(_ id: Identifier, label: Int?, kmeans: [Int], pca: [Int]) -> ImageRow {
            func parts(_ method: PartMethod, _ vision: [Int]) -> PartFindings {
                let curve = [Int64](repeating: 0, count: vision.count + 1)
                return Fixture.parts(method, vision: vision, language: [], released: curve, membership: curve)
            }
            return Fixture.row(
                id, analysisID: analysisID, label: label,
                findings: Fixture.findings(predicted: 0, parts: [parts(.kmeans, kmeans), parts(.pca, pca)]))
        }
        // SHA-256 of the ids begins with ff, 00 and b2; the second has a composed letter.
        try BatchWriter(connection).write(
            WriteBatch(results: [
                row("x/1.jpg", label: 1, kmeans: [4, 7], pca: [7, 9]),
                row("\u{e9}.png", label: 1, kmeans: [7], pca: []),
                row("upland-fennow/003.jpg", label: nil, kmeans: [4], pca: [4]),
            ]))
    }

    private func read(_ partMethod: String? = nil, _ split: ImageSplit? = nil) throws -> ConceptOccurrences {
        try .read(analysisID: analysisID, classes: 3, partMethod: partMethod, split: split, connection)
    }

    @Test func anImageCountsOnce() throws {
        let all = try read()
        #expect(all.images == [0, 2, 0] && all.unlabelled == 1)
        #expect(all.found == [[:], [4: 1, 7: 2, 9: 1], [:]])
        #expect(try read("pca").found == [[:], [7: 1, 9: 1], [:]])
        #expect(try read("tree").images == [0, 0, 0])
    }

    /// The server's halves are those of the command.
    @Test func halvesAreThoseOfSubmit() throws {
        let (even, odd) = (try read(nil, .even), try read(nil, .odd))
        #expect(ImageSplit.odd.holds("x/1.jpg") && ImageSplit.even.holds("\u{e9}.png"))
        #expect(odd.images == [0, 1, 0] && odd.found[1] == [4: 1, 7: 1, 9: 1] && odd.unlabelled == 0)
        #expect(even.images == [0, 1, 0] && even.found[1] == [7: 1] && even.unlabelled == 1)
    }
}
