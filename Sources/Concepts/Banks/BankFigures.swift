import Foundation
import Inference

/// What is measured of a descriptor bank (docs/descriptors.md §5). What has no value is null in JSON, never absent.
public struct BankFigures: Sendable, Equatable {
    /// Descriptors of one class.
    public struct PerClass: Sendable, Equatable, Encodable {
        public let fewest: Int
        public let mean: Double
        public let most: Int
    }

    public let entries: Int
    public let unique: Int
    /// nil of a bank without classes.
    public let classes: Int?
    public let perClass: PerClass?
    /// Mean of words an entry.
    public let words: Double
    public let duplicates: Double
    /// nil without a tokenizer.
    public let tokenDuplicates: Double?
    public let interDiv: Double?
    public let overlap: Double?
    /// nil without embeddings, and where no class has two entries.
    public let intraDiv: Double?

    /// - Parameters:
    ///   - descriptors: unique.
    ///   - lists: places in `descriptors`, one list a class or, without classes, one; at least one entry in all.
    ///   - hasClasses: whether lists are classes'.
    ///   - tokens: of each descriptor, by the encoder's tokenizer.
    ///   - embeddings: `[descriptors, e]`.
    public init(
        _ descriptors: [Identifier], lists: [[Int]], hasClasses: Bool, tokens: [[Int32]]? = nil,
        embeddings: Matrix? = nil
    ) {
        let all = lists.joined()
        let count = Double(all.count)
        entries = all.count
        unique = Set(all).count
        words =
            all.reduce(0.0) { sum, place in
                sum
                    + Double(
                        descriptors[place].text.unicodeScalars.split(whereSeparator: \.properties.isWhitespace).count)
            } / count
        duplicates = 1 - Double(unique) / count
        tokenDuplicates = tokens.map { tokens in 1 - Double(Set(all.map { tokens[$0] }).count) / count }
        guard hasClasses else {
            (classes, perClass, interDiv, overlap, intraDiv) = (nil, nil, nil, nil, nil)
            return
        }
        classes = lists.count
        perClass = PerClass(
            fewest: lists.map(\.count).min() ?? 0, mean: count / Double(lists.count),
            most: lists.map(\.count).max() ?? 0)
        var holders = [Int](repeating: 0, count: descriptors.count)
        for list in lists {
            for place in Set(list) { holders[place] += 1 }
        }
        func shared(_ list: some Collection<Int>) -> Double {
            Double(list.count { holders[$0] > 1 }) / Double(list.count)
        }
        interDiv = shared(all)
        overlap = Self.mean(lists.filter { !$0.isEmpty }.map(shared))
        intraDiv = embeddings.flatMap { embeddings in
            let unit = embeddings.rowsNormalized()
            return Self.mean(lists.filter { $0.count > 1 }.map { Self.meanCosine(of: $0, in: unit) })
        }
    }

    /// Over all pairs: what is left of the squared sum without each row's product with itself.
    private static func meanCosine(of list: [Int], in unit: Matrix) -> Double {
        var sum = [Double](repeating: 0, count: unit.columns)
        var own = 0.0
        for place in list {
            for (column, value) in unit.row(place).enumerated() {
                sum[column] += Double(value)
                own += Double(value) * Double(value)
            }
        }
        let squared = sum.reduce(0) { $0 + $1 * $1 }
        return (squared - own) / Double(list.count * (list.count - 1))
    }

    private static func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
}

extension BankFigures: Encodable {
    private enum CodingKeys: String, CodingKey {
        case entries, unique, classes, words, duplicates, overlap
        case perClass = "per_class"
        case tokenDuplicates = "token_duplicates"
        case interDiv = "inter_div"
        case intraDiv = "intra_div"
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(entries, forKey: .entries)
        try container.encode(unique, forKey: .unique)
        try container.encode(classes, forKey: .classes)
        try container.encode(perClass, forKey: .perClass)
        try container.encode(words, forKey: .words)
        try container.encode(duplicates, forKey: .duplicates)
        try container.encode(tokenDuplicates, forKey: .tokenDuplicates)
        try container.encode(interDiv, forKey: .interDiv)
        try container.encode(overlap, forKey: .overlap)
        try container.encode(intraDiv, forKey: .intraDiv)
    }
}
