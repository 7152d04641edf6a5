import Testing

@testable import Inference

@Suite struct SharedRowsTests {
    /// What rows of items of `period` look like, in order.
    private static func shared(_ looks: [Character], period: Int) -> SharedRows {
        var shared = SharedRows(capacity: looks.count)
        var distinct: [Character] = []
        for look in looks {
            let place = shared.append(period: period) { distinct[$0] == look }
            #expect(place == nil || place == distinct.count)
            if place != nil { distinct.append(look) }
        }
        return shared
    }

    /// Equal rows at one place of their items are one; at another place they are not.
    @Test(arguments: [
        ("abcabcabc", 3, [0, 1, 2]), ("aaaaaa", 3, [0, 1, 2]), ("abcadcaec", 3, [0, 1, 2, 4, 7]),
        ("abcdabceabcd", 4, [0, 1, 2, 3, 7]), ("abab", 1, [0, 1]), ("abba", 2, [0, 1, 2, 3]), ("x", 1, [0]),
    ]) func rowsAlikeAreOne(looks: String, period: Int, firsts: [Int]) {
        #expect(Self.shared(Array(looks), period: period).firsts == firsts)
    }

    @Test(arguments: [("abcadcaecabc", 3), ("aaaaaa", 3), ("abcdef", 2), ("zyzyzxzy", 2)])
    func eachRowGetsWhatStandsForIt(looks: String, period: Int) {
        let looks = Array(looks)
        let shared = Self.shared(looks, period: period)
        // Of each row its look and its place, as any computation that sees nothing else would have it.
        func values(_ row: Int) -> [Float] { [Float(looks[row].asciiValue ?? 0), Float(row % period), 7] }
        var rows = shared.firsts.flatMap(values)
        rows += [Float](repeating: .nan, count: looks.count * 3 - rows.count)
        rows.withUnsafeMutableBufferPointer { rows in
            // There is a row.
            shared.expand(rows.baseAddress!, width: 3)
        }
        #expect(rows == looks.indices.flatMap(values))
    }

    @Test func aNewBatchKnowsNothingOfTheLast() {
        var shared = SharedRows(capacity: 4)
        _ = shared.append(period: 2) { _ in true }
        _ = shared.append(period: 2) { _ in true }
        #expect(shared.append(period: 2) { _ in true } == nil)
        shared.removeAll()
        #expect(shared.firsts.isEmpty)
        #expect(shared.append(period: 2) { _ in true } == 0)
    }
}
