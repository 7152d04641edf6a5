import Testing

@testable import Inference

@Suite struct TextOrderTests {
    /// Rows of eight tokens with beginnings in common, repeats and ends at any place.
    static func rows(_ count: Int, seed: UInt64 = 3) -> [[Int32]] {
        var generator = SeededGenerator(seed: seed)
        var rows: [[Int32]] = []
        for number in 0..<count {
            if number % 7 == 6 {
                rows.append(rows[Int.random(in: 0..<number, using: &generator)])
                continue
            }
            var row = (0..<8).map { _ in Int32.random(in: 0..<3, using: &generator) }
            row[Int.random(in: 0..<8, using: &generator)] = 9
            rows.append(row)
        }
        return rows
    }

    private static func seen(_ row: [Int32]) -> [Int32] {
        Array(row.prefix(TextPooling.highestID.position(in: row) + 1))
    }

    @Test(arguments: [0, 1, 2, 40, 300]) func aTextFollowsTheOneItSharesTheMostWith(count: Int) {
        let rows = Self.rows(count)
        let order = TextOrder(rows, .highestID, isCausal: true)
        #expect(order.texts.map(\.index).sorted() == Array(rows.indices))
        var before: [Int32] = []
        var computed = 0
        for text in order.texts {
            let own = Self.seen(rows[text.index])
            #expect(text.length == own.count && text.pooled == own.count - 1)
            #expect(own.prefix(text.shared) == before.prefix(text.shared))
            #expect(text.isRepeated == (own == before))
            computed += text.length - text.shared
            before = own
        }
        // Each beginning that occurs is computed once.
        let beginnings = Set(rows.map(Self.seen).flatMap { row in row.indices.map { Array(row[...$0]) } })
        #expect(computed == beginnings.count)
    }

    @Test func whereTokensSeeAllOnlyWholeTextsAreShared() {
        let rows = Self.rows(200)
        let order = TextOrder(rows, .highestID, isCausal: false)
        #expect(order.texts.allSatisfy { $0.length == 8 && ($0.shared == 0 || $0.shared == 8) })
        #expect(order.texts.filter { !$0.isRepeated }.count == Set(rows).count)
        #expect(Set(rows).count < 200)
        for text in order.texts { #expect(text.pooled == TextPooling.highestID.position(in: rows[text.index])) }
    }

    @Test func withoutSharingNothingMoves() {
        let order = TextOrder(Self.rows(50), .highestID, isCausal: true, sharing: false)
        #expect(order.texts.map(\.index) == Array(0..<50))
        #expect(order.texts.allSatisfy { $0.shared == 0 })
    }

    @Test(arguments: [1, 2, 5, 64], [8, 9, 20, 1000]) func batchesFit(items: Int, rows: Int) {
        for isCausal in [true, false] {
            let order = TextOrder(Self.rows(300), .highestID, isCausal: isCausal)
            let batches = order.batches(items: items, rows: rows)
            #expect(batches.flatMap { Array($0) } == Array(0..<300))
            for (number, batch) in batches.enumerated() {
                let texts = order.texts[batch]
                let different = texts.enumerated().filter { $0.offset == 0 || !$0.element.isRepeated }
                let used = different.reduce(0) { $0 + $1.element.length - ($1.offset == 0 ? 0 : $1.element.shared) }
                #expect(different.count <= items && used <= rows)
                // No batch ends before it has to.
                guard number + 1 < batches.count else { continue }
                let next = order.texts[batches[number + 1].lowerBound]
                #expect(different.count == items || used + next.length - next.shared > rows)
                #expect(!next.isRepeated)
            }
        }
    }
}
