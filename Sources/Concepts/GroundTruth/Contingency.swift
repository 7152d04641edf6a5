/// How two labellings of the same things fall together.
struct Contingency {
    /// How many things have each pair of labels, each found label, each true one.
    private let cells: [Int], rows: [Int], columns: [Int]
    /// Of each found label the count of its most frequent true one.
    private let largest: [Int]
    private let count: Int

    private struct Pair: Hashable {
        let found: Int, `true`: Int
    }

    /// - Parameters: two labels of each thing.
    init(_ found: [Int], _ true: [Int]) {
        precondition(found.count == `true`.count, "\(found.count) labels against \(`true`.count)")
        var counts: [Pair: Int] = [:]
        for (first, second) in zip(found, `true`) { counts[Pair(found: first, true: second), default: 0] += 1 }
        func combined(_ label: (Pair) -> Int, _ combine: (Int, Int) -> Int) -> [Int] {
            Array(Dictionary(counts.map { (label($0.key), $0.value) }, uniquingKeysWith: combine).values)
        }
        cells = Array(counts.values)
        rows = combined(\.found, +)
        columns = combined(\.true, +)
        largest = combined(\.found, max)
        count = found.count
    }

    /// The share of things whose true label is the most frequent one among things of their found label; nil of nothing.
    var purity: Double? { count > 0 ? Double(largest.reduce(0, +)) / Double(count) : nil }

    /// The Rand index adjusted for chance (Hubert and Arabie 1985), 1 where the labellings are the same up to names, around 0
    /// by chance; nil of fewer than two things. Two labellings that both put all things together or all apart agree fully.
    var adjustedRandIndex: Double? {
        guard count > 1 else { return nil }
        func pairs(_ counts: [Int]) -> Double { counts.reduce(0) { $0 + Double($1) * Double($1 - 1) / 2 } }
        let (both, first, second) = (pairs(cells), pairs(rows), pairs(columns))
        let expected = first * second / pairs([count])
        let most = (first + second) / 2
        return most == expected ? 1 : (both - expected) / (most - expected)
    }
}
