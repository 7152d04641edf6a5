/// Which tokenizer a text encoder was trained with.
public enum TokenizerKind: Sendable, Hashable {
    /// CLIP's byte-pair encoding.
    case clip
    /// What a `tokenizer.json` describes, of texts that were cleaned before.
    ///
    /// - Parameter blanksSeparators: whether the token between two texts is taken for a zero.
    case file(Cleaning, blanksSeparators: Bool = false)

    /// What happens to a text first.
    public enum Cleaning: String, Sendable, Hashable {
        /// What the class does that transformers takes for the file: `SiglipTokenizer` lowers the case and deletes ASCII's
        /// punctuation, those of Gemma's kind lower the case.
        case ownClass = "own_class"
        /// Nothing: the file says all of it.
        case asIs = "as_is"
        /// open_clip's repair and unescaping; then white space is collapsed.
        case whitespace
        /// As ``whitespace``, and lower case.
        case lower
        /// Repair and unescaping; underscores become spaces, ASCII's punctuation goes, then as ``lower``.
        case canonicalize
    }
}
