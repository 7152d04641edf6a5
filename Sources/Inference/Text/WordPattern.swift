/// The pattern by which CLIP cuts a cleaned text into words, each of which is then encoded on its own.
///
/// In order of preference, at each place: a special token as the library spells it; one of the endings `'s 't 're 've
/// 'm 'll 'd`; a run of letters; a single digit or other number; a run of anything else but white space. Letters and
/// numbers are Unicode's categories L and N. Works on scalars, since a word may begin amid a grapheme cluster.
struct WordPattern: Sendable {
    enum Kind {
        case start, end, ordinary
    }

    struct Word {
        /// Never empty.
        let range: Range<Int>
        let kind: Kind
    }

    private let start: [Unicode.Scalar]
    private let end: [Unicode.Scalar]

    /// - Parameters:
    ///   - start: The start token as it may be written in a text: in lower case, beginning with "<".
    ///   - end: The end token, likewise.
    init(start: String, end: String) {
        self.start = Array(start.unicodeScalars)
        self.end = Array(end.unicodeScalars)
    }

    /// The first word that starts at `position` or behind it; nil if there is none.
    func nextWord(in text: [Unicode.Scalar], from position: Int) -> Word? {
        var position = position
        while position < text.count {
            switch text[position] {
            case "<":
                if let word = special(start, .start, in: text, at: position) { return word }
                if let word = special(end, .end, in: text, at: position) { return word }
            case "'":
                if let ending = WordPattern.endings.first(where: { WordPattern.matches(text, at: position, $0) }) {
                    return Word(range: position..<position + ending.count, kind: .ordinary)
                }
            default: break
            }
            let kind = ScalarKind(text[position])
            switch kind {
            case .number:
                return Word(range: position..<position + 1, kind: .ordinary)
            case .letter, .other:
                let end = text[position...].firstIndex { ScalarKind($0) != kind } ?? text.count
                return Word(range: position..<end, kind: .ordinary)
            case .space, .unmatched:
                position += 1
            }
        }
        return nil
    }

    private func special(
        _ token: [Unicode.Scalar], _ kind: Kind, in text: [Unicode.Scalar], at position: Int
    ) -> Word? {
        guard WordPattern.matches(text, at: position, token) else { return nil }
        let range = position..<position + token.count
        // Ignoring case lets a long s in, but only the plain spelling is the special token.
        return Word(range: range, kind: text[range].elementsEqual(token) ? kind : .ordinary)
    }

    private static let endings: [[Unicode.Scalar]] = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"].map {
        Array($0.unicodeScalars)
    }

    /// Whether `text` reads `expected` (in lower case) at `position`, ignoring case.
    ///
    /// `text` is in lower case already; what remains is the long s, which is a small letter and yet folds to s.
    private static func matches(_ text: [Unicode.Scalar], at position: Int, _ expected: [Unicode.Scalar]) -> Bool {
        guard position + expected.count <= text.count else { return false }
        return zip(text[position...], expected).allSatisfy { $0 == $1 || ($0 == "\u{17F}" && $1 == "s") }
    }
}
