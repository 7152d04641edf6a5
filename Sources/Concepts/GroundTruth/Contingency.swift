/// How two labellings of the same things fall together.
struct Contingency {
    private let rows: [Int]
    private let columns: [Int]
    private let cells: [Int]
    private let count: Int

    /// - Parameters: two labels of each thing.
    init(_ found: [Int], _ true: [Int]) {
        precondition(found.count == `true`.count, "\(found.count) labels against \(`true`.count)")
        var counts: [Pair: Int] = [:]
        for (first, second) in zip(found, `true`) { counts[Pair(found: first, true: second), default: 0] += 1 }
        cells = Array(counts.values)
        rows = Array(Dictionary(counts.map { ($0.key.found, $0.value) }, uniquingKeysWith: +).values)
        columns = Array(Dictionary(counts.map { ($0.key.true, $0.value) }, uniquingKeysWith: +).values)
        count = found.count
        largest = Array(Dictionary(counts.map { ($0.key.found, $0.value) }, uniquingKeysWith: max).values)
    }

    private struct Pair: Hashable {
        let found: Int, `true`: Int
    }
    /// Of each found label the count of its most frequent true one.
    private let largest: [Int]

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
