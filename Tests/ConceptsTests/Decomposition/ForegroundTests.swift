import Inference
import Testing

@testable import Concepts

@Suite struct ForegroundTests {
    struct Case: Decodable {
        struct Image: Decodable {
            let height: Int, width: Int
            let features: [Float]
        }
        let by: String
        let images: [Image]
        let columns: Int
        let scores: [Double]
        let sign: [Int], minmax: [Int], mean: [Int]

        var patches: [PatchFeatures] {
            images.map {
                PatchFeatures(
                    values: Matrix(rows: $0.height * $0.width, columns: columns, elements: $0.features),
                    gridHeight: $0.height, gridWidth: $0.width, contentHash: .init(repeating: 0, count: 32))
            }
        }
    }

    /// numpy's SVD, scikit-learn's PCA and SciPy's generalised eigenvectors.
    @Test(arguments: MethodParameters.Foreground.Score.allCases)
    func scoresAreTheReferences(by: MethodParameters.Foreground.Score) throws {
        let cases: [Case] = try Golden.cases("foregrounds").filter { $0.by == by.rawValue }
        try #require(cases.count >= 10)
        for (number, golden) in cases.enumerated() {
            let stack = FeatureStack(golden.patches)
            let domains = Foreground.scores(stack, by: by)
            expectClose(domains.flatMap { $0 }, golden.scores, tolerance: 1e-7, "case \(number)")
            for (threshold, expected) in [
                (MethodParameters.Foreground.Threshold.sign, golden.sign), (.minmax, golden.minmax),
                (.mean, golden.mean),
            ] {
                let passes = domains.flatMap { Foreground.passing($0, threshold: threshold) }
                #expect(passes.map { $0 ? 1 : 0 } == expected, "case \(number), \(threshold)")
            }
        }
    }

    @Test func keepsWhatTheComponentsRuleKeeps() throws {
        struct Mask: Decodable {
            let height: Int, width: Int
            let mask: [Int], kept: [Int]
        }
        let cases: [Mask] = try Golden.cases("components")
        for (number, golden) in cases.enumerated() where golden.mask.contains(1) {
            // Scores of 1 and 0 make the mask itself pass the sign threshold.
            let foreground = Foreground(
                passing: golden.mask.map { $0 == 1 }, scores: golden.mask.map(Double.init), height: golden.height,
                width: golden.width)
            #expect(foreground.patches.map { $0 ? 1 : 0 } == golden.kept, "case \(number)")
            #expect(!foreground.isStandIn)
        }
    }

    @Test func theHighestScoreStandsInForNoForeground() {
        let foreground = Foreground(
            passing: .init(repeating: false, count: 6), scores: [-3, -1, -2, -1, -4, -1], height: 2, width: 3)
        #expect(foreground.isStandIn)
        #expect(foreground.patches == [false, true, false, false, false, false])
    }

    @Test func foregroundIsTheMinoritySign() {
        #expect(ForegroundScore.withFixedSign([-1, -2, 3]) == [-1, -2, 3])
        #expect(ForegroundScore.withFixedSign([1, 2, -3]) == [-1, -2, 3])
        #expect(ForegroundScore.withFixedSign([3, 1, -2]) == [-3, -1, 2])
        // Half and half, and all alike: only the largest magnitude decides.
        #expect(ForegroundScore.withFixedSign([1, -2]) == [-1, 2])
        #expect(ForegroundScore.withFixedSign([-1, -2]) == [1, 2])
        #expect(ForegroundScore.withFixedSign([2, -2]) == ForegroundScore.withFixedSign([-2, 2]).map { $0 })
        #expect(ForegroundScore.withFixedSign([1, -1e-12, 0]) == [1, 0, 0])
        #expect(ForegroundScore.withFixedSign([0, 0]) == [0, 0])
    }

    @Test func scaleOfAPatchDoesNotMatter() throws {
        let cases: [Case] = try Golden.cases("foregrounds")
        let golden = cases[0]
        var scaled = golden.patches[0].values
        for row in 0..<scaled.rows {
            for column in 0..<scaled.columns { scaled[row, column] *= row.isMultiple(of: 2) ? 0x1p20 : 0x1p-90 }
        }
        let patches = PatchFeatures(
            values: scaled, gridHeight: golden.images[0].height, gridWidth: golden.images[0].width,
            contentHash: .init(repeating: 0, count: 32))
        expectClose(ForegroundScore.svd(FeatureStack([patches])), golden.scores, tolerance: 1e-7)
    }
}
