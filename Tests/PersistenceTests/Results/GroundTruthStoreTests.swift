import Concepts
import Inference
import Testbed
import Testing

@testable import Persistence

@Suite struct GroundTruthStoreTests {
    private let connection: Connection
    private let id: String

    init() throws {
        connection = try TestDatabase().connect()
        id = try Fixture.register(on: connection)
        try BatchWriter(connection).write(WriteBatch(results: ["a", "b", "c"].map { row($0) }))
    }

    private func row(_ image: Identifier, vision: [Int] = [4, 2, 7], submission: Identifier? = nil) -> ImageRow {
        Fixture.row(
            image, analysisID: id,
            findings: Fixture.findings(
                predicted: 0,
                parts: [
                    Fixture.parts(
                        .kmeans, vision: vision, language: [2, 7, 9], released: [3, 2, 1, 0], membership: [3, 2, 1, 0])
                ]), submission: submission, force: submission != nil)
    }

    /// The grid of ``Fixture/parts(_:vision:language:released:membership:flags:)`` is −1 0 0 / 1 1 −1, on 6×4 pixels.
    private func truth(_ descriptors: Set<Int>) throws -> GroundTruth {
        GroundTruth(
            width: 6, height: 4, parts: [0, 0, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 0, 0, 2, 2, 2, 2, 0, 0],
            box: try #require(PixelBox(left: 0, top: 0, right: 5, bottom: 3)), descriptors: descriptors)
    }

    private func score(_ descriptors: Set<Int>) throws -> (scored: Int, unknown: Int) {
        let truth = try truth(descriptors)
        return try GroundTruthStore(connection, analysisID: id).score(partMethod: "kmeans") { found in
            #expect(found.grid == PatchGrid(height: 2, width: 3))
            #expect(found.parts == [-1, 0, 0, 1, 1, -1])
            #expect(found.vision == [4, 2, 7] && found.mutual == [2, 7])
            return found.image == "c"
                ? nil
                : GroundTruthScore(
                    grid: found.grid, parts: found.parts, vision: found.vision, mutual: found.mutual,
                    bankSize: Fixture.descriptorCount, against: truth)
        }
    }

    @Test func scoresAreKeptAndSummedUp() throws {
        let counts = try score([2, 4, 11])
        #expect(counts == (scored: 2, unknown: 1))
        let summary = try #require(try GroundTruthSummary.read(analysisID: id, connection).first)
        #expect(summary.partMethod == "kmeans" && summary.images == 2)
        #expect(summary.corlocChance == 1 && summary.corlocHigh == 1)
        #expect(abs((summary.corlocLow ?? 0) - 0.342_380) < 1e-5)
        #expect(summary.corloc == 1 && summary.foregroundOverlap == 1)
        #expect(summary.purity == 1 && summary.adjustedRandIndex == 1)
        #expect(summary.mutualPrecision == 0.5)
        #expect(abs((summary.visionPrecision ?? 0) - 2.0 / 3) < 1e-12)
        #expect(abs((summary.chancePrecision ?? 0) - 3.0 / Double(Fixture.descriptorCount)) < 1e-12)
    }

    @Test func anotherTimeReplacesThem() throws {
        _ = try score([])
        _ = try score([2, 7])
        let summaries = try GroundTruthSummary.read(analysisID: id, connection)
        #expect(summaries.map(\.images) == [2] && summaries.first?.mutualPrecision == 1)
    }

    @Test func aReplacedResultsScoreCountsNoMore() throws {
        _ = try score([2])
        let newer = try SubmissionStore(connection).create(analysisID: id, kind: .submit, force: true)
        let outcome = try BatchWriter(connection).write(
            WriteBatch(results: [row("a", vision: [1, 2, 7], submission: newer.id)]))
        #expect(outcome.imagesWritten == 1)
        #expect(try GroundTruthSummary.read(analysisID: id, connection).map(\.images) == [1])
    }

    @Test func analysesWithoutScoresHaveNoLine() throws {
        #expect(try GroundTruthSummary.read(analysisID: id, connection).isEmpty)
    }
}
