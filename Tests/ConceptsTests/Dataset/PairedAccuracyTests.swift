import Testing

@testable import Concepts

@Suite struct PairedAccuracyTests {
    private struct Test: Decodable {
        let before, now: Int
        let exact, chi_square, chi_square_p: Double
    }

    private struct Pair: Decodable {
        let classes: [[Int]]
        let resamples: Int
        let seed: String
        let difference, low, high: Double
    }

    @Test func mcNemarsTestIsStatsmodels() throws {
        for pair: Test in try Golden.cases("mcnemars", in: "descriptors") {
            let test = McNemarTest(onlyBefore: pair.before, onlyNow: pair.now)
            expectClose(
                [test.exact, test.chiSquare, test.chiSquareP], [pair.exact, pair.chi_square, pair.chi_square_p],
                tolerance: 1e-9, "\(pair.before), \(pair.now)")
            // The sum is of absolute tolerance near 0, where a p value matters most.
            #expect(abs(test.exact / pair.exact - 1) < 1e-6, "\(pair.before), \(pair.now)")
        }
    }

    @Test func nothingDiffersWhereNothingDoes() {
        let test = McNemarTest(onlyBefore: 0, onlyNow: 0)
        #expect(test.exact == 1 && test.chiSquare == 0 && test.chiSquareP == 1)
    }

    @Test func intervalsAreNumpysOverTheSameDraws() throws {
        for pair: Pair in try Golden.cases("paired", in: "descriptors") {
            let hits = pair.classes.map { PairedHits(images: $0[0], both: $0[1], onlyBefore: $0[2], onlyNow: $0[3]) }
            let seed = try #require(UInt64(pair.seed))
            let found = try #require(PairedAccuracy(hits, resamples: pair.resamples, seed: seed))
            expectClose(
                [found.difference.value, found.difference.lower, found.difference.upper],
                [pair.difference, pair.low, pair.high], tolerance: 1e-12)
            expectClose([found.now.value - found.before.value], [pair.difference], tolerance: 1e-12)
            #expect(found.classes == hits.count && found.images == hits.reduce(0) { $0 + $1.images })
        }
    }

    @Test func withoutImagesThereIsNone() {
        #expect(PairedAccuracy([], resamples: 10, seed: 0) == nil)
        #expect(ZeroShotStatistics([], resamples: 10, seed: 0) == nil)
    }

    @Test func withoutLabelsThereIsNoAccuracy() throws {
        let found = try #require(
            ZeroShotStatistics([.init(images: 3, labelled: 0, hitsAt1: 0, hitsAt5: 0)], resamples: 10, seed: 0))
        #expect(found.images == 3 && found.labelled == 0 && found.top1 == nil && found.top5 == nil)
        let labelled = ClassHits(images: 4, labelled: 4, hitsAt1: 1, hitsAt5: 3)
        let one = try #require(ZeroShotStatistics([labelled], resamples: 10, seed: 0))
        #expect(one.top1 == .init(value: 0.25, lower: 0.25, upper: 0.25) && one.top5?.value == 0.75)
    }
}
