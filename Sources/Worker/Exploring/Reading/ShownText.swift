import Settings

/// Text from outside, made fit to be escaped by a template and to be read by a person.
enum ShownText {
    private static let marking = Set("<>&\"'".unicodeScalars)
    /// What marks stand on that have no letter of their own; it joins with nothing before it.
    private static let place: Unicode.Scalar = "\u{25CC}"

    /// Templates escape characters, and a quote with an accent on it is another character than a quote. So whatever markup is
    /// made of stands by itself. What would turn the direction of all that follows is replaced, line feeds stay.
    static func of(_ text: String) -> String {
        if text.utf8.allSatisfy({ 0x20..<0x7F ~= $0 || $0 == 0x0A }) { return text }
        var result = String.UnicodeScalarView()
        for character in text {
            let scalars = character.unicodeScalars
            guard scalars.count > 1, scalars.contains(where: marking.contains) else {
                result.append(contentsOf: scalars.map(visible))
                continue
            }
            for scalar in scalars {
                guard marking.contains(scalar) else {
                    result.append(visible(scalar))
                    continue
                }
                if scalar != scalars.first { result.append(place) }
                result.append(scalar)
                result.append(place)
            }
        }
        return String(result)
    }

    private static func visible(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar {
        case "\n": scalar
        case "\t", "\r", "\u{85}", "\u{2028}", "\u{2029}": " "
        case "\u{FFFE}", "\u{FFFF}": "\u{FFFD}"
        default: scalar.isDisruptive ? "\u{FFFD}" : scalar
        }
    }
}
