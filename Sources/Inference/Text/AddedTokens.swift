/// Finds added tokens in a text, from the left, of several that begin at one place the longest.
struct AddedTokens: Sendable {
    /// A longer one is no token, and would let a text be searched for ever.
    static let longest = 1000

    enum Piece: Equatable {
        case token(Int32)
        case text([Unicode.Scalar])
    }

    private struct Node {
        var next: [Unicode.Scalar: Int] = [:]
        var token: AddedToken?
    }

    /// A tree of characters; the first node is its root.
    private var nodes = [Node()]

    /// - Parameters:
    ///   - tokens: of equal spellings the last counts.
    ///   - normalizer: what the tokens' spellings go through; nil for those that are looked for as they are written.
    init(_ tokens: [AddedToken], normalizer: TextNormalizer?) {
        for token in tokens {
            let written = Array(token.content.unicodeScalars)
            let content = normalizer?.normalize(written) ?? written
            guard !content.isEmpty else { continue }
            var node = 0
            for scalar in content {
                if let next = nodes[node].next[scalar] {
                    node = next
                } else {
                    nodes.append(Node())
                    nodes[node].next[scalar] = nodes.count - 1
                    node = nodes.count - 1
                }
            }
            nodes[node].token = token
        }
    }

    /// `text` cut at its added tokens; no piece of text is empty.
    func split(_ text: [Unicode.Scalar]) -> [Piece] {
        guard nodes.count > 1 else { return text.isEmpty ? [] : [.text(text)] }
        var pieces: [Piece] = []
        var (done, position) = (0, 0)
        while position < text.count {
            guard let (token, end) = longest(in: text, at: position) else {
                position += 1
                continue
            }
            var range = position..<end
            position = end
            if token.isSingleWord,
                Self.isWord(text, before: range.lowerBound) || Self.isWord(text, at: range.upperBound)
            {
                continue
            }
            if token.stripsLeft {
                let start = text[..<range.lowerBound].lastIndex { !$0.properties.isWhitespace }.map { $0 + 1 } ?? 0
                range = max(start, done)..<range.upperBound
            }
            if token.stripsRight {
                let end = text[range.upperBound...].firstIndex { !$0.properties.isWhitespace } ?? text.count
                range = range.lowerBound..<end
            }
            if done < range.lowerBound { pieces.append(.text(Array(text[done..<range.lowerBound]))) }
            pieces.append(.token(token.id))
            done = range.upperBound
            position = max(position, done)
        }
        if done < text.count { pieces.append(.text(Array(text[done...]))) }
        return pieces
    }

    private func longest(in text: [Unicode.Scalar], at start: Int) -> (token: AddedToken, end: Int)? {
        var (node, position) = (0, start)
        var found: (token: AddedToken, end: Int)?
        while position < text.count, let next = nodes[node].next[text[position]] {
            (node, position) = (next, position + 1)
            if let token = nodes[node].token { found = (token, position) }
        }
        return found
    }

    private static func isWord(_ text: [Unicode.Scalar], before position: Int) -> Bool {
        position > 0 && isWord(text[position - 1])
    }

    private static func isWord(_ text: [Unicode.Scalar], at position: Int) -> Bool {
        position < text.count && isWord(text[position])
    }

    /// What `\w` matches: letters, marks, decimal and letter numbers, connectors.
    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        return switch properties.generalCategory {
        case .decimalNumber, .connectorPunctuation, .nonspacingMark, .spacingMark, .enclosingMark: true
        default: properties.isAlphabetic || scalar == "\u{200C}" || scalar == "\u{200D}"
        }
    }
}
