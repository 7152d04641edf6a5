/// What a character is to CLIP's word pattern.
enum ScalarKind {
    case letter, number, space, other
    /// Part of no word and no space either: skipped.
    case unmatched

    init(_ scalar: Unicode.Scalar) {
        if scalar.isASCII {
            switch scalar {
            case "a"..."z", "A"..."Z": self = .letter
            case "0"..."9": self = .number
            case " ", "\t"..."\r": self = .space
            default: self = .other
            }
            return
        }
        // The iota subscript is a mark whose capital is a letter, and the regex module, told to ignore case, finds it
        // neither among the letters nor outside them.
        if scalar == "\u{345}" {
            self = .unmatched
            return
        }
        let properties = scalar.properties
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: self = .letter
        case .decimalNumber, .letterNumber, .otherNumber: self = .number
        default: self = properties.isWhitespace ? .space : .other
        }
    }
}

extension ScalarKind {
    /// Whether it is one of ASCII's 32 punctuation marks.
    static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "!"..."/", ":"..."@", "["..."`", "{"..."~": true
        default: false
        }
    }

    /// ASCII's marks, and Unicode's punctuation.
    static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            true
        default: isMark(scalar)
        }
    }
}
