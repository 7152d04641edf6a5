/// Turns HTML's character references back into characters, in the lenient and in the strict manner.
enum HTMLReferences {
    /// As Python's `html.unescape`, hence as HTML 5: semicolons may be missing, and of an unknown name the longest known
    /// beginning counts (`&notit;` is `¬it;`).
    static func unescape(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        replaceReferences(in: text) { rest in
            if rest.first == "#" { return unescapeNumber(rest) }
            return unescapeName(rest)
        }
    }

    /// As ftfy's `unescape_html`: only what ends in a semicolon and leaves no other behind; names in capitals
    /// (`&EACUTE;`) stand for capital letters where HTML has no such name.
    static func unescapeUnambiguous(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        replaceReferences(in: text) { rest in
            let numeric = rest.first == "#"
            let name = rest.dropFirst(numeric ? 1 : 0).prefix { isASCIIAlphanumeric($0) }
            guard (1...24).contains(name.count), name.endIndex < rest.endIndex, rest[name.endIndex] == ";" else {
                return nil
            }
            let length = name.endIndex + 1 - rest.startIndex
            if numeric {
                guard let number = unescapeNumber(rest), number.length == length else { return nil }
                // A reference to the semicolon itself is kept too: ftfy tells by the semicolon whether all was used.
                return number.value.contains(";") ? nil : number
            }
            let key = String(String.UnicodeScalarView(name))
            return (HTMLEntities.terminated[key] ?? HTMLEntities.shouted[key]).map { ($0, length) }
        }
    }

    /// Copies `text`; at each "&", `replacement` is given what follows and says what stands for how much of it.
    private static func replaceReferences(
        in text: [Unicode.Scalar],
        replacement: (_ rest: ArraySlice<Unicode.Scalar>) -> (value: [Unicode.Scalar], length: Int)?
    ) -> [Unicode.Scalar] {
        guard text.contains("&") else { return text }
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(text.count)
        var position = 0
        while position < text.count {
            if text[position] == "&", let (value, length) = replacement(text[(position + 1)...]) {
                result.append(contentsOf: value)
                position += 1 + length
            } else {
                result.append(text[position])
                position += 1
            }
        }
        return result
    }

    /// `#`, digits or `x` and hexadecimal digits, and a semicolon if there is one.
    private static func unescapeNumber(_ rest: ArraySlice<Unicode.Scalar>) -> (value: [Unicode.Scalar], length: Int)? {
        var digits = rest.dropFirst()
        let radix: UInt32 = digits.first == "x" || digits.first == "X" ? 16 : 10
        if radix == 16 { digits = digits.dropFirst() }
        digits = digits.prefix { hexDigit($0).map { $0 < radix } ?? false }
        guard !digits.isEmpty else { return nil }
        // Saturated: however long the number, it only has to stay beyond Unicode's end.
        let code = digits.reduce(UInt32(0)) { min($0 * radix + (hexDigit($1) ?? 0), 0x110000) }
        let terminated = digits.endIndex < rest.endIndex && rest[digits.endIndex] == ";"
        return (character(code), digits.endIndex - rest.startIndex + (terminated ? 1 : 0))
    }

    /// What a numeric reference stands for; empty for code points that are no characters.
    private static func character(_ code: UInt32) -> [Unicode.Scalar] {
        guard code != 0, let scalar = Unicode.Scalar(code) else { return ["\u{FFFD}"] }
        switch code {
        case 0x80...0x9F: return [Windows1252.character(for: scalar)]
        case 0x1...0x8, 0xB, 0xE...0x1F, 0x7F, 0xFDD0...0xFDEF: return []
        default: return code & 0xFFFE == 0xFFFE ? [] : [scalar]
        }
    }

    /// The longest known name at the start of `rest`.
    private static func unescapeName(_ rest: ArraySlice<Unicode.Scalar>) -> (value: [Unicode.Scalar], length: Int)? {
        // At most 32 characters are looked at, and a name ends before the first that no name contains.
        var name = rest.prefix(32).prefix { isASCIIAlphanumeric($0) }
        if name.endIndex < rest.endIndex, rest[name.endIndex] == ";",
            let value = HTMLEntities.terminated[String(String.UnicodeScalarView(name))]
        {
            return (value, name.count + 1)
        }
        while name.count > 1 {
            if let value = HTMLEntities.open[String(String.UnicodeScalarView(name))] { return (value, name.count) }
            name = name.dropLast()
        }
        return nil
    }

    private static func isASCIIAlphanumeric(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "0"..."9", "A"..."Z", "a"..."z": true
        default: false
        }
    }

    private static func hexDigit(_ scalar: Unicode.Scalar) -> UInt32? {
        switch scalar {
        case "0"..."9": scalar.value - 0x30
        case "A"..."F": scalar.value - 0x41 + 10
        case "a"..."f": scalar.value - 0x61 + 10
        default: nil
        }
    }
}
