/// How a model of the transformers layout has its texts prepared and cut: by its own files, not by open_clip's cleaning.
struct OwnTextRules: Sendable {
    let normalizer: TextNormalizer
    /// Whether special tokens, as they come out of the normaliser, are cut off from what adjoins them. They are not one id there:
    /// the byte level behind cuts them into letters and signs.
    let cutsSpecials: Bool
    private let written: AddedTokens
    private let normalized: AddedTokens

    init(normalizer: TextNormalizer, cutsSpecials: Bool, added: [AddedToken]) {
        self.normalizer = normalizer
        self.cutsSpecials = cutsSpecials
        written = AddedTokens(added.filter { !$0.isNormalized }, normalizer: nil)
        normalized = AddedTokens(added.filter(\.isNormalized), normalizer: normalizer)
    }

    /// The text's added tokens and, between them, normalised text to be cut into words.
    func pieces(of text: String) -> [AddedTokens.Piece] {
        written.split(Array(text.unicodeScalars)).flatMap { piece in
            switch piece {
            case .token: [piece]
            case .text(let part): normalized.split(normalizer.normalize(part))
            }
        }
    }

    /// Where the words of a normalised text are: endings, runs of letters, single numbers, runs of anything else but white space.
    func words(in text: [Unicode.Scalar]) -> [Range<Int>] {
        var words: [Range<Int>] = []
        var position = 0
        while position < text.count {
            if text[position] == "<", cutsSpecials,
                let special = Self.specials.first(where: { text[position...].starts(with: $0) })
            {
                let end = position + special.count
                words += [position..<position + 2, position + 2..<end - 2, end - 2..<end]
                position = end
                continue
            }
            if text[position] == "'", let ending = Self.endings.first(where: { text[position...].starts(with: $0) }) {
                words.append(position..<position + ending.count)
                position += ending.count
                continue
            }
            let start = position
            let kind = Self.kind(text[position])
            position += 1
            if kind == .space { continue }
            if kind != .number { while position < text.count, Self.kind(text[position]) == kind { position += 1 } }
            words.append(start..<position)
        }
        return words
    }

    private static let endings = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"].map { Array($0.unicodeScalars) }
    private static let specials = [Vocabulary.startToken, Vocabulary.endToken].map { Array($0.unicodeScalars) }

    /// The iota subscript is a mark like others here.
    private static func kind(_ scalar: Unicode.Scalar) -> ScalarKind {
        let kind = ScalarKind(scalar)
        return kind == .unmatched ? .other : kind
    }
}
