import Inference
import Testing

@testable import Concepts

/// What trained heads point at, against `tools/golden/rivals.py`.
@Suite struct TrainedHeadTests {
    @Test(arguments: try HeadCase.all()) func pointsWhereTheReferenceDoes(_ golden: HeadCase) {
        let head = TrainedHead(golden.shape, parameters: golden.trained, texts: golden.textMatrix)
        for (number, explained) in golden.explained.enumerated() {
            let features = golden.picture(number / golden.classes)
            let regions = head.regions(in: features, ofClass: explained.label, count: 3)
            #expect(regions.map(\.descriptor) == explained.descriptors)
            expectClose(regions.map(\.importance), explained.importances, tolerance: 1e-9)
            #expect(
                regions.map { region in region.patches.indices.filter { region.patches[$0] } } == explained.patches)
            let strongest = regions.allSatisfy { $0.strengths.max() == 1 }
            #expect(strongest)
        }
    }

    @Test func showsNoMoreThanItSees() throws {
        let golden = try #require(try HeadCase.all().first { $0.method == .mmProtoSim })
        let head = TrainedHead(golden.shape, parameters: golden.trained, texts: golden.textMatrix)
        let regions = head.regions(in: golden.picture(0), ofClass: 0, count: golden.concepts)
        // Every patch is one concept's.
        #expect(regions.count < golden.concepts)
        for patch in 0..<golden.shape.patches {
            #expect(regions.count { $0.patches[patch] } == 1)
        }
    }

    /// A channel that is the same everywhere is active everywhere.
    @Test func takesAFlatChannelWhole() throws {
        let golden = try #require(try HeadCase.all().first { $0.method == .featureMaps })
        let head = TrainedHead(golden.shape, parameters: golden.trained, texts: golden.textMatrix)
        let flat = Matrix(rows: golden.shape.patches, columns: golden.patch_width, repeating: 2)
        let regions = head.regions(in: flat, ofClass: 0, count: 2)
        #expect(regions.count == 2 && regions.allSatisfy { !$0.patches.contains(false) })
        #expect(head.scores(of: flat) == nil)
    }

    @Test func tellsTheClassesThatItWasTrainedOn() throws {
        let golden = try HeadCase.all()[1]
        let head = TrainedHead(golden.shape, parameters: golden.trained, texts: golden.textMatrix)
        let right = (0..<golden.pictures).filter { index in
            Ranking.top(1, of: head.scores(of: golden.picture(index)) ?? []).first == golden.labels[index]
        }
        #expect(right.count > golden.pictures * 3 / 4)
    }
}
