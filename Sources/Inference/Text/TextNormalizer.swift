/// What becomes of a text before it is cut into words, as the `normalizer` of a `tokenizer.json` says.
struct TextNormalizer: Sendable, Hashable {
    enum Step: Sendable, Hashable {
        /// Unicode's form C.
        case compose
        /// Each run of white space becomes one space.
        case collapseSpace
        /// Each character by itself: a sigma at the end of a word stays a plain one.
        case lowercase
        /// As transformers' `SiglipTokenizer` has it: lower case, without ASCII's punctuation, single spaces.
        case canonicalize
        /// SentencePiece's table.
        case map(CharacterMap)
        case replace([Unicode.Scalar], [Unicode.Scalar])
        /// Of two spaces or more.
        case replaceSpaces([Unicode.Scalar])
        /// White space at the ends goes.
        case strip(left: Bool, right: Bool)
        /// Put before a text that is not empty.
        case prepend([Unicode.Scalar])
        /// BERT's.
        case bert(cleans: Bool, spacesIdeographs: Bool, stripsAccents: Bool, lowers: Bool)

        /// How many characters stand for one at most.
        var growth: Double {
            switch self {
            case .collapseSpace, .strip, .compose: 1
            case .lowercase, .canonicalize: 3
            case .map: 32
            case .bert: 12
            case .replace(let pattern, let content): max(Double(content.count) / Double(pattern.count), 1)
            case .replaceSpaces(let content): max(Double(content.count) / 2, 1)
            case .prepend(let lead): 1 + Double(lead.count)
            }
        }
    }

    let steps: [Step]

    /// What transformers' `CLIPTokenizer` has where no file says otherwise.
    static let clip = TextNormalizer(steps: [.compose, .collapseSpace, .lowercase])

    func normalize(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        steps.reduce(text) { text, step in
            switch step {
            case .compose: CanonicalComposition.compose(text)
            case .collapseSpace: Self.collapseSpace(text)
            case .lowercase: Self.lowercase(text)
            case .canonicalize: TextCleaning.withoutPunctuation(TextCleaning.lowercase(text))
            case .map(let map): map.map(text)
            case .replace(let pattern, let replacement): Self.replace(pattern, by: replacement, in: text)
            case .replaceSpaces(let replacement): Self.replaceSpaces(by: replacement, in: text)
            case .strip(let left, let right): Self.strip(text, left: left, right: right)
            case .prepend(let lead): text.isEmpty ? text : lead + text
            case .bert(let cleans, let spacesIdeographs, let stripsAccents, let lowers):
                BertNormalization.normalize(
                    text, cleans: cleans, spacesIdeographs: spacesIdeographs, stripsAccents: stripsAccents,
                    lowers: lowers)
            }
        }
    }

    static func lowercase(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        text.flatMap { Array($0.properties.lowercaseMapping.unicodeScalars) }
    }

    private static func collapseSpace(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(text.count)
        var isBehindSpace = false
        for scalar in text {
            let isSpace = scalar.properties.isWhitespace
            if !isSpace { result.append(scalar) } else if !isBehindSpace { result.append(" ") }
            isBehindSpace = isSpace
        }
        return result
    }

    private static func replace(
        _ pattern: [Unicode.Scalar], by replacement: [Unicode.Scalar], in text: [Unicode.Scalar]
    ) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(text.count)
        var position = 0
        while position < text.count {
            if text[position] == pattern[0], text[position...].starts(with: pattern) {
                result += replacement
                position += pattern.count
            } else {
                result.append(text[position])
                position += 1
            }
        }
        return result
    }

    private static func replaceSpaces(
        by replacement: [Unicode.Scalar], in text: [Unicode.Scalar]
    ) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(text.count)
        var position = 0
        while position < text.count {
            let end = text[position...].firstIndex { $0 != " " } ?? text.count
            if end - position > 1 {
                result += replacement
                position = end
            } else {
                result.append(text[position])
                position += 1
            }
        }
        return result
    }

    private static func strip(_ text: [Unicode.Scalar], left: Bool, right: Bool) -> [Unicode.Scalar] {
        var range = text[...]
        if left { range = range.drop { $0.properties.isWhitespace } }
        if right { while range.last?.properties.isWhitespace == true { range.removeLast() } }
        return Array(range)
    }
}
