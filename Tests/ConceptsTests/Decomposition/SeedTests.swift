import Testing

@testable import Concepts

@Suite struct SeedTests {
    @Test func generatorIsSplitMix64() {
        // The published first outputs for seed 1234567.
        var generator = SplitMix64(seed: 1_234_567)
        #expect(generator.next() == 6_457_827_717_110_365_317)
        #expect(generator.next() == 3_203_168_211_198_807_973)
        #expect(generator.next() == 9_817_491_932_198_370_423)
    }

    @Test func orderOfTheImagesDoesNotMatter() {
        let hashes: [[UInt8]] = [1, 2, 3].map { .init(repeating: $0, count: 32) }
        let value = DecompositionSeed.value(methodSeed: 4, contentHashes: hashes)
        #expect(DecompositionSeed.value(methodSeed: 4, contentHashes: hashes.reversed()) == value)
        #expect(DecompositionSeed.value(methodSeed: 5, contentHashes: hashes) != value)
        #expect(DecompositionSeed.value(methodSeed: 4, contentHashes: [hashes[0]]) != value)
    }

    @Test(arguments: 1...12)
    func drawnIndexesAreDistinct(count: Int) {
        var generator = SplitMix64(seed: UInt64(count))
        let drawn = generator.distinctIndexes(count, below: 12)
        #expect(drawn.count == count)
        #expect(Set(drawn).count == count)
        #expect(drawn.allSatisfy { 0..<12 ~= $0 })
    }

    @Test func noIndexIsFavoured() {
        var generator = SplitMix64(seed: 0)
        var counts = [Int](repeating: 0, count: 7)
        for _ in 0..<7_000 {
            for index in generator.distinctIndexes(3, below: 7) { counts[index] += 1 }
        }
        // Mean 3000, standard deviation about 41.
        #expect(counts.allSatisfy { 2_800...3_200 ~= $0 }, "\(counts)")
    }
}
