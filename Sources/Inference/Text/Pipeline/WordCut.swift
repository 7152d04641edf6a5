/// A step that cuts text into words, as the `pre_tokenizer` of a `tokenizer.json` says.
enum WordCut: Sendable, Hashable {
    /// White space separates words and is no part of them.
    case whitespace
    /// Spaces become `mark`; with `splits`, each mark begins a word.
    case marked(Unicode.Scalar, prepends: Prepending, splits: Bool)
    /// Each space ends the word before it, or begins the one behind it.
    case spaces(mergedWithNext: Bool)
    /// As ``whitespace``, and each punctuation mark is a word.
    case punctuation

    /// Where a mark is put before a text that does not begin with one.
    enum Prepending: String, Sendable {
        case always, first, never
    }

    /// The same, but that only the beginning of what was given is marked.
    var markingBeginning: WordCut {
        guard case .marked(let mark, .always, let splits) = self else { return self }
        return .marked(mark, prepends: .first, splits: splits)
    }

    /// - Parameter isFirst: whether the text stands at the beginning of what was given.
    static func words(of text: [Unicode.Scalar], by cuts: [WordCut], isFirst: Bool) -> [[Unicode.Scalar]] {
        var words: [(word: [Unicode.Scalar], isFirst: Bool)] = [(text, isFirst)]
        for cut in cuts {
            words = words.flatMap { word, isFirst in
                cut.words(of: word, isFirst: isFirst).map { ($0.word, isFirst && $0.start == 0) }
            }
        }
        return words.map(\.word).filter { !$0.isEmpty }
    }

    /// Words with the places where they begin.
    private func words(of text: [Unicode.Scalar], isFirst: Bool) -> [(word: [Unicode.Scalar], start: Int)] {
        switch self {
        case .whitespace: return Self.runs(text, isGone: \.properties.isWhitespace) { _ in false }
        case .punctuation:
            return Self.runs(text, isGone: \.properties.isWhitespace, isAlone: ScalarKind.isPunctuation)
        case .spaces(let mergedWithNext):
            return Self.cut(text) { mergedWithNext ? text[$0] == " " : text[$0 - 1] == " " }
        case .marked(let mark, let prepends, let splits):
            var marked = text.map { $0 == " " ? mark : $0 }
            let isWanted = prepends == .always || prepends == .first && isFirst
            if isWanted, marked.first != mark { marked.insert(mark, at: 0) }
            guard splits else { return [(marked, 0)] }
            return Self.cut(marked) { marked[$0] == mark }
        }
    }

    /// The text cut before the places, from 1 on, for which something holds.
    private static func cut(
        _ text: [Unicode.Scalar], before holds: (Int) -> Bool
    ) -> [(word: [Unicode.Scalar], start: Int)] {
        var words: [(word: [Unicode.Scalar], start: Int)] = []
        var start = 0
        for place in 0..<text.count where place > 0 && holds(place) {
            words.append((Array(text[start..<place]), start))
            start = place
        }
        words.append((Array(text[start...]), start))
        return words
    }

    private static func runs(
        _ text: [Unicode.Scalar], isGone: (Unicode.Scalar) -> Bool, isAlone: (Unicode.Scalar) -> Bool
    ) -> [(word: [Unicode.Scalar], start: Int)] {
        var words: [(word: [Unicode.Scalar], start: Int)] = []
        var isOpen = false
        for (place, scalar) in text.enumerated() {
            if isGone(scalar) {
                isOpen = false
            } else if isAlone(scalar) {
                words.append(([scalar], place))
                isOpen = false
            } else if isOpen {
                words[words.count - 1].word.append(scalar)
            } else {
                words.append(([scalar], place))
                isOpen = true
            }
        }
        return words
    }
}
