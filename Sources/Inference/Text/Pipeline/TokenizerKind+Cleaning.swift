extension TokenizerKind.Cleaning {
    /// - Returns: the text as the tokenizer is given it.
    func clean(_ text: String) -> [Unicode.Scalar] {
        switch self {
        case .ownClass, .asIs: Array(text.unicodeScalars)
        case .whitespace: TextCleaning.collapseSpace(TextCleaning.repaired(text))
        case .lower: TextCleaning.clean(text)
        case .canonicalize:
            TextCleaning.lowercase(
                TextCleaning.withoutPunctuation(TextCleaning.repaired(text).map { $0 == "_" ? " " : $0 }))
        }
    }
}
