/// The clean-up that texts get before CLIP's word pattern is applied: repair, HTML unescaping, white space, lower case.
///
/// Equal to open_clip's `clean="lower"` under Python. Python knows the Unicode version of its release (3.11: 14.0), this
/// code that of the Swift runtime; characters that only one of the two knows may differ in case and composition.
enum TextCleaning {
    /// `text` in lower case, its words separated by single spaces, without entities, odd widths and invisible controls.
    static func clean(_ text: String) -> [Unicode.Scalar] { lowercase(collapseSpace(repaired(text))) }

    /// Repair and unescaping alone.
    static func repaired(_ text: String) -> [Unicode.Scalar] {
        let scalars = Array(text.unicodeScalars)
        guard !scalars.allSatisfy(isPlain) else { return scalars }
        // Twice, since captions are often escaped once too often.
        return HTMLReferences.unescape(HTMLReferences.unescape(TextRepair.repair(scalars)))
    }

    /// Whether neither repair nor unescaping can have an effect on a text of such characters.
    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "&": false
        case " "..."~", "\t", "\n": true
        default: false
        }
    }

    /// ASCII's punctuation deleted, then white space collapsed.
    static func withoutPunctuation(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        collapseSpace(text.filter { !ScalarKind.isMark($0) })
    }

    /// Words joined by single spaces, as Python's `" ".join(text.split())` has it.
    static func collapseSpace(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(text.count)
        for word in text.split(whereSeparator: isSpace) {
            if !result.isEmpty { result.append(" ") }
            result.append(contentsOf: word)
        }
        return result
    }

    /// What Python's `str.isspace` is true for: Unicode's white space and the four information separators.
    static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\u{1C}"..."\u{1F}": true
        case "\0"..."\u{7F}": scalar == " " || ("\t"..."\r").contains(scalar)
        default: scalar.properties.isWhitespace
        }
    }

    /// The full lower-case mapping, as Python's `str.lower`: İ becomes two characters, Σ at the end of a word ς.
    static func lowercase(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(text.count)
        for (position, scalar) in text.enumerated() {
            switch scalar {
            case "A"..."Z": result.append(Unicode.Scalar(UInt8(ascii: scalar) + 32))
            case "\0"..."\u{7F}": result.append(scalar)
            case "Σ": result.append(endsWord(position, in: text) ? "ς" : "σ")
            default: result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
            }
        }
        return result
    }

    /// Unicode's condition Final_Sigma: a cased letter before, none behind, what case ignores left out of account.
    private static func endsWord(_ position: Int, in text: [Unicode.Scalar]) -> Bool {
        let before = text[..<position].last { !$0.properties.isCaseIgnorable }
        let behind = text[(position + 1)...].first { !$0.properties.isCaseIgnorable }
        return before?.properties.isCased == true && behind?.properties.isCased != true
    }
}
