import Concepts
import Foundation
import Inference
import Testbed
import Testing

@testable import Persistence

/// Figures of ablations out of rows whose entropy and boxes are known.
@Suite struct AblationTests {
    private let connection: Connection
    private let id: String

    init() throws {
        connection = try TestDatabase().connect()
        id = try Fixture.register(on: connection)
        // Picks of three descriptors: by one part and two in turn, as the fixture has it: 2, 1, 2 of five; 2 and 1 of three; none.
        let lists = [[4, 5, 6], [7, 8], []]
        try BatchWriter(connection).write(
            WriteBatch(
                results: zip(["a", "b", "c"] as [Identifier], lists).map { image, vision in
                    let curve = [Int64](repeating: 0, count: vision.count + 1)
                    return Fixture.row(
                        image, analysisID: id,
                        findings: Fixture.findings(
                            predicted: 0,
                            parts: [
                                Fixture.parts(
                                    .pca, vision: vision, language: [1], released: curve, membership: curve)
                            ]))
                }))
    }

    @Test func entropyIsOfWhatThePartsPicked() throws {
        let lines = try AblationLine.read(analysisID: id, connection)
        let line = try #require(lines.first)
        #expect(lines.count == 1 && line.partMethod == "pca" && line.images == 2)
        func entropy(_ counts: [Double]) -> Double {
            let sum = counts.reduce(0, +)
            return -counts.reduce(0) { $0 + $1 / sum * log($1 / sum) }
        }
        let values = [entropy([2, 1, 2]), entropy([2, 1])]
        let mean = (values[0] + values[1]) / 2
        // Student's quantile of one degree of freedom; the standard error of two values is half their distance.
        let half = 12.706_204_736_175 * (values[0] - values[1]).magnitude / 2
        let found = try #require(line.entropy)
        #expect(abs(found.value - mean) < 1e-12)
        #expect(abs((found.low ?? 0) - mean + half) < 1e-7 && abs((found.high ?? 0) - mean - half) < 1e-7)
        #expect(abs((line.highestEntropy ?? 0) - (log(5) + log(3)) / 2) < 1e-12)
        #expect(line.scored == 0 && line.corloc == nil)
    }

    @Test func corlocIsOfScoredResultsThatStillStand() throws {
        let box = try #require(PixelBox(left: 0, top: 0, right: 2, bottom: 1))
        let far = try #require(PixelBox(left: 0, top: 0, right: 0, bottom: 0))
        let scored = try GroundTruthStore(connection, analysisID: id).score(partMethod: "pca") { result in
            GroundTruthScore(
                grid: result.grid, parts: result.parts, vision: result.vision, mutual: result.mutual, bankSize: 20,
                against: GroundTruth(
                    width: 3, height: 2, parts: [UInt8](repeating: 1, count: 6), box: result.image == "b" ? far : box,
                    descriptors: []))
        }
        #expect(scored.scored == 3)
        let line = try #require(try AblationLine.read(analysisID: id, connection).first)
        #expect(line.scored == 3)
        let corloc = try #require(line.corloc)
        #expect(abs(corloc.value - 2.0 / 3) < 1e-12)
        #expect(abs((corloc.low ?? 0) - 0.207_655) < 1e-5 && abs((corloc.high ?? 0) - 0.938_508) < 1e-5)
        // The foreground's box fits in one place alone.
        #expect(abs((line.corlocChance ?? 0) - 2.0 / 3) < 1e-12)
        // Of images that were scored before there was a chance nothing is said.
        try connection.exec("UPDATE entente.ground_truth_results SET box_chance = NULL WHERE image_id = 'b'")
        let older = try #require(try AblationLine.read(analysisID: id, connection).first)
        #expect(older.corlocChance == nil && older.corloc == corloc)
        try connection.exec(
            "UPDATE entente.image_results SET written_at = written_at + interval '1 second' WHERE image_id = 'a'")
        #expect(try AblationLine.read(analysisID: id, connection).first?.scored == 2)
    }
}
