import Testing

@testable import Concepts

@Suite struct RankingTests {
    @Test func isAStableSort() {
        var generator = SplitMix64(seed: 9)
        for length in [0, 1, 2, 5, 17, 100, 333] {
            // Few distinct values: ties everywhere.
            let values = (0..<length).map { _ in Float(generator.next(below: max(length / 4, 2))) }
            let sorted = values.indices.sorted { (-values[$0], $0) < (-values[$1], $1) }
            for count in [0, 1, 3, length / 2, length, length + 5] {
                #expect(Ranking.top(count, of: values) == Array(sorted.prefix(count)))
                #expect(Set(Ranking.topSet(count, of: values)) == Set(sorted.prefix(count)))
            }
        }
    }

    @Test func slicesCountFromTheirBeginning() {
        #expect(Ranking.top(1, of: [9, 1, 5, 2][1...]) == [1])
    }
}
