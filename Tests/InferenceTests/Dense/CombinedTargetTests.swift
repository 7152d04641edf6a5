import Testing

@testable import Inference

/// Several texts in one and the empty text as what is redundant, against CLIP Surgery's own code.
@Suite struct CombinedTargetTests {
    /// Of the models that its code runs on: it has six blocks to change.
    private static let models = ReleasedDense.all.filter { $0.name != "vit-s12" }

    private static func maps(_ released: ReleasedDense) throws -> (actual: Matrix, expected: Safetensors) {
        let expected = try released.expected()
        let (model, texts) = (try released.load(), try expected.matrix("texts"))
        let session = model.dense(.clipSurgery, texts: texts).session(batchSize: 1)
        let encoded = session.encode(try expected.slices("\(model.imageSize)/pixel_values"), including: .dense)
        let maps = PatchSimilarity.cosines(
            patches: encoded.densePatches[0], texts: texts, less: try expected.floats("empty"))
        return (maps, expected)
    }

    @Test(arguments: models) func theEmptyTextIsTakenOffEach(released: ReleasedDense) throws {
        let (actual, expected) = try Self.maps(released)
        #expect(try relativeDifference(actual, expected.matrices("empty/clip-surgery")[0]) < 1e-4)
    }

    @Test(arguments: models) func twoTextsAreOneTarget(released: ReleasedDense) throws {
        let (actual, expected) = try Self.maps(released)
        let side = Int(Double(actual.rows).squareRoot())
        let target = CombinedTarget((0..<2).map { HeatMap(actual, text: $0, side: side) })
        let wanted = try expected.floats("combined/map")
        let differences = zip(target.map.values, wanted).map { abs($0 - $1) }
        #expect(wanted.count == actual.rows && differences.allSatisfy { $0 < 1e-3 })

        // The demo's picture in its script's size.
        let points = target.points(width: 500, height: 375)
        for (found, name) in [(points.positive, "positive"), (points.negative, "negative")] {
            let numbers = try expected.integers("combined/\(name)")
            let wanted = stride(from: 0, to: numbers.count, by: 2).map { [Int(numbers[$0]), Int(numbers[$0 + 1])] }
            #expect(!wanted.isEmpty && Set(found.map { [$0.x, $0.y] }) == Set(wanted), "\(name)")
        }
        let single = (0..<2).flatMap { text in
            TextPoints(HeatMap(actual, text: text, side: side), width: 500, height: 375).positive
        }
        #expect(points.positive == single)
    }

    /// One text that is everywhere alike takes nothing from the other.
    @Test func anEvenMapAddsNothing() {
        let even = HeatMap(side: 2, values: [3, 3, 3, 3])
        let other = HeatMap(side: 2, values: [-1, 0, 1, 3])
        #expect(CombinedTarget([even, other]).map.values == [0, 0.125, 0.25, 0.5])
        #expect(CombinedTarget([other]).map.values == other.scaled.values)
    }
}
