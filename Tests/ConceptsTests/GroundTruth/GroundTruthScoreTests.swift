import Foundation
import Testing

@testable import Concepts

@Suite struct GroundTruthScoreTests {
    struct Case: Decodable {
        let width: Int, height: Int
        let mask: String
        let box: [Int], grid: [Int], found: [Int]
        let bank: Int
        let `true`: [Int], vision: [Int], mutual: [Int]
        let boxOverlap: Double, boxChance: Double, foregroundOverlap: Double
        let purity: Double?, adjustedRandIndex: Double?
        let mutualTrue: Int, visionTrue: Int
    }

    /// Counted on fine canvases by numpy; partitions by scikit-learn.
    @Test func scoresAreTheReferences() throws {
        for item: Case in try Golden.cases("ground_truth") {
            let truth = GroundTruth(
                width: item.width, height: item.height, parts: try Golden.bytes(item.mask),
                box: try #require(
                    PixelBox(left: item.box[0], top: item.box[1], right: item.box[2], bottom: item.box[3])),
                descriptors: Set(item.true))
            let score = GroundTruthScore(
                grid: PatchGrid(height: item.grid[0], width: item.grid[1]), parts: item.found, vision: item.vision,
                mutual: item.mutual, bankSize: item.bank, against: truth)
            expectClose(
                [score.boxOverlap, score.boxChance, score.foregroundOverlap],
                [item.boxOverlap, item.boxChance, item.foregroundOverlap],
                tolerance: 1e-12)
            #expect((score.purity == nil) == (item.purity == nil))
            #expect((score.adjustedRandIndex == nil) == (item.adjustedRandIndex == nil))
            expectClose(
                [score.purity ?? 0, score.adjustedRandIndex ?? 0], [item.purity ?? 0, item.adjustedRandIndex ?? 0],
                tolerance: 1e-12)
            #expect(score.mutual == .init(count: item.mutual.count, true: item.mutualTrue))
            #expect(score.vision == .init(count: item.vision.count, true: item.visionTrue))
            #expect(score.bank == .init(count: item.bank, true: item.true.count))
        }
    }

    @Test func gridsFinerThanTheMaskTakeTheirPixel() throws {
        let truth = GroundTruth(
            width: 2, height: 1, parts: [3, 0], box: try #require(PixelBox(left: 0, top: 0, right: 0, bottom: 0)),
            descriptors: [])
        #expect(truth.parts(on: PatchGrid(height: 2, width: 4)) == [3, 3, 0, 0, 3, 3, 0, 0])
    }

    @Test func emptyBoxesAreNone() {
        #expect(PixelBox(left: 3, top: 0, right: 2, bottom: 5) == nil)
        #expect(PixelBox(left: 3, top: 0, right: 3, bottom: 0) != nil)
    }
}

@Suite struct CorrelationTests {
    struct Case: Decodable {
        let x: [Double], y: [Double]
        let pearson: Double, spearman: Double
    }

    @Test func coefficientsAreSciPys() throws {
        for item: Case in try Golden.cases("correlations") {
            let found = Correlation(item.x, item.y, permutations: 99)
            expectClose(
                [try #require(found.pearson), try #require(found.spearman)], [item.pearson, item.spearman],
                tolerance: 1e-12)
        }
    }

    @Test func seriesThatDoNotVaryHaveNone() {
        let found = Correlation([1, 2, 3], [5, 5, 5])
        #expect(found.pearson == nil && found.spearman == nil && found.pValue == nil)
        #expect(Correlation([], []).pearson == nil)
    }

    /// Of the 24 orders of four ranks two correlate fully; of the 40,320 of eight hardly any.
    @Test func theValueSaysHowRareTheOrderIs() throws {
        let four = try #require(Correlation([1, 2, 3, 4], [2, 3, 5, 7], permutations: 4000).pValue)
        #expect((four - 2.0 / 24).magnitude < 0.02)
        let eight = try #require(Correlation([1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3, 4, 5, 6, 7, 8]).pValue)
        #expect(eight < 0.002)
        let chance = try #require(Correlation([1, 2, 3, 4, 5, 6], [3, 1, 5, 4, 2, 6]).pValue)
        #expect(chance > 0.05)
    }
}
