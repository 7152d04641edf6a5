import Dispatch
import Inference
import Synchronization
import Testing

@testable import Concepts

@Suite struct DecompositionTests {
    static func image(_ seed: UInt64, height: Int = 7, width: Int = 7, columns: Int = 24) -> PatchFeatures {
        var generator = SplitMix64(seed: seed)
        var values = Matrix(rows: height * width, columns: columns)
        for patch in 0..<height * width {
            let isThing = 2...5 ~= patch / width && 1...4 ~= patch % width
            for column in 0..<columns {
                let base: Float = isThing == (column % 2 == 0) ? 1.5 : 0.5
                values[patch, column] = base + Float.random(in: -0.4...0.4, using: &generator)
            }
        }
        return PatchFeatures(
            values: values, gridHeight: height, gridWidth: width,
            contentHash: .init(repeating: UInt8(truncatingIfNeeded: seed), count: 32))
    }

    static var method: MethodParameters {
        var method = MethodParameters()
        method.foreground.crf = nil
        method.parts.by = [.kmeans]
        return method
    }

    @Test func findsTheThing() {
        let grouping = Decomposition.run([Self.image(1)], method: Self.method)[0].groupings[0]
        let expected = (0..<49).map { 2...5 ~= $0 / 7 && 1...4 ~= $0 % 7 }
        #expect(grouping.labels.map { $0 >= 0 } == expected)
        #expect(grouping.presentParts == [0, 1, 2, 3, 4])
        #expect(grouping.labels.first { $0 >= 0 } == 0)
        #expect(grouping.flags == [])
    }

    @Test func sameInputSameBits() {
        let once = Decomposition.run([Self.image(2)], method: Self.method)
        for _ in 0..<5 { #expect(Decomposition.run([Self.image(2)], method: Self.method) == once) }
    }

    @Test func lanesDoNotDisturbEachOther() {
        let images = (0..<24).map { Self.image(UInt64($0), height: 9, width: 8, columns: 40) }
        let alone = images.map { Decomposition.run([$0], method: Self.method) }
        let together = Mutex([Int: [ImageParts]]())
        DispatchQueue.concurrentPerform(iterations: 96) { iteration in
            let parts = Decomposition.run([images[iteration % 24]], method: Self.method)
            together.withLock { $0[iteration] = parts }
        }
        together.withLock { results in
            for iteration in 0..<96 { #expect(results[iteration] == alone[iteration % 24]) }
        }
    }

    @Test func theSeedChoosesTheParts() {
        let groupings = (0..<8).map { seed in
            var method = Self.method
            method.parts.seed = seed
            return Decomposition.run([Self.image(3)], method: method)[0].groupings[0].labels
        }
        #expect(Set(groupings).count > 1)
    }

    @Test func imagesOfOneDecompositionShareParts() {
        // The second image's thing is the first one's: jointly they fall into the same parts.
        let first = Self.image(4)
        let second = PatchFeatures(
            values: first.values, gridHeight: 7, gridWidth: 7, contentHash: .init(repeating: 9, count: 32))
        let joint = Decomposition.run([first, second], method: Self.method)
        #expect(joint[0].groupings[0].labels == joint[1].groupings[0].labels)
    }

    @Test(arguments: [Float(0), 1, -3])
    func featuresThatAreAllAlikeHaveNoForeground(value: Float) {
        let image = PatchFeatures(
            values: Matrix(rows: 12, columns: 5, repeating: value), gridHeight: 3, gridWidth: 4,
            contentHash: .init(repeating: 0, count: 32))
        let grouping = Decomposition.run([image], method: Self.method)[0].groupings[0]
        #expect(grouping.labels == [0] + Array(repeating: -1, count: 11))
        #expect(grouping.flags == [.noForeground, .partsReduced])
    }

    @Test func fewerPatchesThanPartsReduceTheParts() {
        var method = Self.method
        method.parts.count = 20
        let grouping = Decomposition.run([Self.image(5)], method: method)[0].groupings[0]
        #expect(grouping.presentParts == Array(0..<16))
        #expect(grouping.flags == [.partsReduced])
    }

    @Test func boxesAreInclusive() {
        let grouping = PartGrouping(
            method: .kmeans, gridHeight: 3, gridWidth: 4, labels: [-1, 2, 0, -1, -1, -1, 0, 2, -1, -1, -1, -1])
        #expect(
            grouping.boxes == [
                PartFindings.Box(part: 0, top: 0, left: 2, bottom: 1, right: 2),
                PartFindings.Box(part: 2, top: 0, left: 1, bottom: 1, right: 3),
            ])
    }
}
