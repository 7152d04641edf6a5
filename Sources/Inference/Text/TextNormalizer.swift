/// What becomes of a text before it is cut into words, as the `normalizer` of a `tokenizer.json` says.
struct TextNormalizer: Sendable, Hashable {
    enum Step: Sendable, Hashable {
        /// Unicode's form C.
        case compose
        /// Each run of white space becomes one space.
        case collapseSpace
        /// Each character by itself: a sigma at the end of a word stays a plain one.
        case lowercase
    }

    let steps: [Step]

    /// What transformers' `CLIPTokenizer` has where no file says otherwise.
    static let clip = TextNormalizer(steps: [.compose, .collapseSpace, .lowercase])

    func normalize(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        steps.reduce(text) { text, step in
            switch step {
            case .compose: CanonicalComposition.compose(text)
            case .collapseSpace: Self.collapseSpace(text)
            case .lowercase: text.flatMap { Array($0.properties.lowercaseMapping.unicodeScalars) }
            }
        }
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
}
