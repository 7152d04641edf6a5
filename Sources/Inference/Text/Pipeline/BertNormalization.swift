/// What BERT's tokenizer makes of a text first, as the `tokenizers` library has it.
enum BertNormalization {
    static func normalize(
        _ text: [Unicode.Scalar], cleans: Bool, spacesIdeographs: Bool, stripsAccents: Bool, lowers: Bool
    ) -> [Unicode.Scalar] {
        var text = text
        if cleans { text = text.compactMap(cleaned) }
        if spacesIdeographs { text = text.flatMap { isIdeograph($0) ? [" ", $0, " "] : [$0] } }
        if stripsAccents {
            text = CanonicalComposition.decompose(text).filter { $0.properties.generalCategory != .nonspacingMark }
        }
        return lowers ? TextNormalizer.lowercase(text) : text
    }

    /// nil for what is no text; white space becomes a space.
    private static func cleaned(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar {
        case "\t", "\n", "\r": return " "
        case "\0", "\u{FFFD}": return nil
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .privateUse, .surrogate, .unassigned: return nil
        default: return scalar.properties.isWhitespace ? " " : scalar
        }
    }

    private static func isIdeograph(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F,
            0x2B920...0x2CEAF, 0xF900...0xFAFF, 0x2F800...0x2FA1F:
            true
        default: false
        }
    }
}
