import Inference
import Testing

@testable import Concepts

@Suite struct PartLabelsTests {
    struct Case: Decodable {
        let rows: [Float]
        let columns: Int
        let count: Int
        let signs: String
        let scores: [[Double]]
        let labels: [Int]
    }

    private static func rows(_ values: [Float], columns: Int) -> FeatureRows {
        let count = values.count / columns
        let stack = FeatureStack([
            PatchFeatures(
                values: Matrix(rows: count, columns: columns, elements: values), gridHeight: 1, gridWidth: count,
                contentHash: .init(repeating: 0, count: 32))
        ])
        return FeatureRows(stack, 0..<count, .raw)
    }

    @Test func componentsAreThoseOfScikitLearn() throws {
        let cases: [Case] = try Golden.cases("component_parts")
        for (number, golden) in cases.enumerated() {
            var parameters = MethodParameters.Parts()
            parameters.count = golden.count
            parameters.signs = try #require(.init(rawValue: golden.signs))
            let rows = Self.rows(golden.rows, columns: golden.columns)
            let components = PrincipalComponents(of: rows, count: golden.count, signs: parameters.signs)
            #expect(components.scores.count == golden.scores.count, "case \(number)")
            for (ours, theirs) in zip(components.scores, golden.scores) {
                expectClose(ours, theirs, tolerance: 1e-6, "case \(number)")
            }
            #expect(PartLabels.byComponents(rows, parameters: parameters).labels == golden.labels, "case \(number)")
        }
    }

    /// Few rows are solved by their own Gram matrix, many by the columns', in blocks.
    @Test func bothWaysAgree() {
        var generator = SplitMix64(seed: 8)
        for count in [300, 1300] {
            let wide = 400
            let values = (0..<count * wide).map { index in
                Float.random(in: -1...1, using: &generator) * Float(1 + index % 7)
            }
            let rows = Self.rows(values, columns: wide)
            let some = PrincipalComponents(of: rows, count: 4, signs: .right)
            let first = FeatureRows(rows.stack, 0..<count, .raw)
            // Centred projections have the variance that their eigenvalue says, and are uncorrelated.
            for (index, scores) in some.scores.enumerated() {
                expectClose([scores.reduce(0, +)], [0], tolerance: 1e-6)
                for other in some.scores[..<index] {
                    expectClose([zip(scores, other).reduce(0) { $0 + $1.0 * $1.1 }], [0], tolerance: 1e-5)
                }
            }
            #expect(PrincipalComponents(of: first, count: 4, signs: .right).scores == some.scores)
        }
    }

    @Test func fewerPartsThanAskedForAreSaid() {
        var parameters = MethodParameters.Parts()
        var generator = SplitMix64(seed: 3)
        let five = (0..<40).map { _ in Float.random(in: -1...1, using: &generator) }
        #expect(!PartLabels.byComponents(Self.rows(five, columns: 5), parameters: parameters).isReduced)
        parameters.count = 9
        #expect(PartLabels.byComponents(Self.rows(five, columns: 5), parameters: parameters).isReduced)
        parameters.count = 2
        let alike = PartLabels.byComponents(
            Self.rows(.init(repeating: 3, count: 40), columns: 5), parameters: parameters)
        #expect(alike == PartLabels(labels: .init(repeating: 0, count: 8), isReduced: true))
    }
}
