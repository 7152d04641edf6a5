import Testing

@testable import Concepts

/// What is counted where descriptors are taken out.
@Suite struct RemovalTestTests {
    /// Two classes; descriptor j gives 2⁻ʲ to the first, and the second always has 0.3.
    private func scores(_ count: Int) -> (Set<Int>) -> [Double] {
        { removed in
            let sum = (0..<count).filter { !removed.contains($0) }.reduce(0.0) { $0 + 1 / Double(1 << $1) }
            return [sum, 0.3]
        }
    }

    @Test func theImportantOnesGoFirst() {
        var test = RemovalTest()
        let hash = [UInt8](repeating: 9, count: 32)
        for _ in 0..<2 { test.add(Array(0..<12), contentHash: hash, seed: 0, scores: scores(12)) }
        #expect(test.images == 2 && test.steps.map(\.count) == [1, 3, 5, 10])
        #expect(test.steps[0].drop == 2 && test.steps[1].drop == 2 * 1.75)
        // Less than 0.3 is left from the third on: 2⁻³ + … < 2⁻².
        #expect(test.steps.map(\.flips) == [0, 2, 2, 2])
        for step in test.steps {
            #expect(step.randomDrop <= step.drop && step.randomDrop > 0)
            #expect(step.randomFlips <= step.flips)
        }
    }

    @Test func ofFewerAllGo() {
        var test = RemovalTest()
        test.add([0, 1], contentHash: [UInt8](repeating: 1, count: 32), seed: 3, scores: scores(2))
        #expect(test.steps[1].drop == 1.5 && test.steps[1].randomDrop == 1.5)
        #expect(test.steps[1].flips == 1 && test.steps[1].randomFlips == 1)
        test.add([], contentHash: [UInt8](repeating: 1, count: 32), seed: 3, scores: scores(2))
        #expect(test.images == 2 && test.steps[3].drop == 1.5)
    }
}
