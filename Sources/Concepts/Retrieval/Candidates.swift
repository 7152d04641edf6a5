import Inference

/// The descriptors that every part of an image might mean (docs/method.md §9.1).
struct Candidates: Equatable {
    /// Fewer candidates than this are too few to choose from.
    static let fewest = 3

    /// Ascending.
    let descriptors: [Int]
    /// How many a part it took.
    let perPart: Int
    /// `perPart` had to exceed what was asked for.
    let isExtended: Bool

    /// The descriptors among the `count` best of each part; `count` is doubled while there are fewer than
    /// ``fewest`` of them and the bank has more to give.
    ///
    /// - Parameter logits: `[parts, bank]`.
    init(logits: Matrix, count: Int) {
        let bank = logits.columns
        var perPart = min(max(count, 1), bank)
        let asked = perPart
        while true {
            let common = Self.intersection(logits, perPart)
            if common.count >= Self.fewest || perPart == bank {
                descriptors = common
                self.perPart = perPart
                isExtended = perPart > asked
                return
            }
            perPart = min(perPart * 2, bank)
        }
    }

    private static func intersection(_ logits: Matrix, _ perPart: Int) -> [Int] {
        guard logits.rows > 0 else { return [] }
        var votes = [Int](repeating: 0, count: logits.columns)
        for part in 0..<logits.rows {
            for descriptor in Ranking.topSet(perPart, of: logits.row(part)) { votes[descriptor] += 1 }
        }
        return votes.indices.filter { votes[$0] == logits.rows }
    }

    /// The candidates that are relevant to the whole image; when fewer than ``fewest`` are, the most relevant ones.
    ///
    /// - Parameter relevance: cosine with the bare descriptor, one a candidate.
    /// - Returns: places in ``descriptors``, ascending.
    func relevant(_ relevance: [Double], parameters: MethodParameters.Retrieval) -> [Int] {
        guard !relevance.isEmpty else { return [] }
        let threshold: Double
        switch parameters.relevance {
        case .off:
            return Array(relevance.indices)
        case .meanMinus:
            threshold = relevance.reduce(0, +) / Double(relevance.count) - parameters.offset
        case .medianPlus:
            let sorted = relevance.sorted()
            let median = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
            threshold = median + parameters.offset
        }
        let kept = relevance.indices.filter { relevance[$0] > threshold }
        return kept.count >= Self.fewest ? kept : Ranking.top(Self.fewest, of: relevance).sorted()
    }
}
