import Foundation

/// The repairs that ftfy's `fix_text` makes by default, except mojibake: text that was decoded in a wrong encoding
/// stays as it is, where ftfy (`fix_encoding`) would guess the right one.
enum TextRepair {
    /// ftfy cuts lines that are longer than this.
    private static let longestSegment = 1_000_000

    /// `text`, repaired line by line.
    static func repair(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(text.count)
        // Entities are kept from the first line on that holds a "<": what follows is taken for actual HTML.
        var unescaping = true
        var start = 0
        while start < text.count {
            let lineEnd = text[start...].firstIndex(of: "\n").map { $0 + 1 } ?? text.count
            let end = min(lineEnd, start + longestSegment)
            let segment = Array(text[start..<end])
            unescaping = unescaping && !segment.contains("<")
            result.append(contentsOf: repairSegment(segment, unescaping: unescaping))
            start = end
        }
        return result
    }

    /// Repeats all repairs until none has an effect: one may uncover what another mends.
    private static func repairSegment(_ segment: [Unicode.Scalar], unescaping: Bool) -> [Unicode.Scalar] {
        var text = segment
        while true {
            let before = text
            if unescaping { text = HTMLReferences.unescapeUnambiguous(text) }
            text = text.flatMap { replacements[$0] ?? [$0] }
            text = mendLineBreaks(text)
            text = removeTerminalEscapes(text)
            text.removeAll(where: isControl)
            text = CanonicalComposition.compose(text)
            if text == before { return text }
        }
    }

    /// Replacements of single characters; where ftfy applies several in turn, the end of the chain.
    private static let replacements: [Unicode.Scalar: [Unicode.Scalar]] = {
        var table: [Unicode.Scalar: String] = [:]
        for byte in UInt8(0x80)...0x9F {
            let control = Unicode.Scalar(byte)
            table[control] = String(Windows1252.character(for: control))
        }
        table.merge(ligatures) { _, ligature in ligature }
        // Halfwidth and fullwidth forms. The ideographic space belongs to them in spirit.
        table["\u{3000}"] = " "
        for code in UInt16(0xFF01)...0xFFEF {
            guard let form = Unicode.Scalar(code) else { continue }
            let usual = String(form).precomposedStringWithCompatibilityMapping
            // Compared by scalars: a form and its usual character must not pass for equal.
            if !usual.unicodeScalars.elementsEqual([form]) { table[form] = usual }
        }
        let quotes: [(ClosedRange<Unicode.Scalar>, Unicode.Scalar)] = [
            ("\u{2BC}"..."\u{2BC}", "'"), ("\u{2018}"..."\u{201B}", "'"), ("\u{201C}"..."\u{201F}", "\""),
        ]
        func straight(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
            quotes.first { $0.0.contains(scalar) }?.1 ?? scalar
        }
        var result = table.mapValues { $0.unicodeScalars.map(straight) }
        for (range, quote) in quotes {
            for code in range.lowerBound.value...range.upperBound.value {
                if let curly = Unicode.Scalar(code) { result[curly] = [quote] }
            }
        }
        return result
    }()

    /// Ligatures and digraphs of Latin letters that are an accident of fonts and old encodings.
    private static let ligatures: [Unicode.Scalar: String] = [
        "Ĳ": "IJ", "ĳ": "ij", "ŉ": "\u{2BC}n", "Ǳ": "DZ", "ǲ": "Dz", "ǳ": "dz", "Ǆ": "DŽ", "ǅ": "Dž", "ǆ": "dž",
        "Ǉ": "LJ", "ǈ": "Lj", "ǉ": "lj", "Ǌ": "NJ", "ǋ": "Nj", "ǌ": "nj", "\u{FB00}": "ff", "\u{FB01}": "fi",
        "\u{FB02}": "fl", "\u{FB03}": "ffi", "\u{FB04}": "ffl", "\u{FB05}": "\u{17F}t", "\u{FB06}": "st",
    ]

    /// Every kind of line break becomes a line feed.
    private static func mendLineBreaks(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(text.count)
        var afterReturn = false
        for scalar in text {
            switch scalar {
            case "\n" where afterReturn: break
            case "\r", "\u{85}", "\u{2028}", "\u{2029}": result.append("\n")
            default: result.append(scalar)
            }
            afterReturn = scalar == "\r"
        }
        return result
    }

    /// Removes `ESC [`, digits and semicolons, and the letter behind them.
    private static func removeTerminalEscapes(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        guard text.contains("\u{1B}") else { return text }
        var result: [Unicode.Scalar] = []
        var position = 0
        while position < text.count {
            if text[position] == "\u{1B}", position + 1 < text.count, text[position + 1] == "[" {
                let end = text[(position + 2)...].firstIndex { scalar in
                    scalar != ";" && scalar.properties.generalCategory != .decimalNumber
                }
                if let end, text[end].isASCII, text[end].properties.isAlphabetic {
                    position = end + 1
                    continue
                }
            }
            result.append(text[position])
            position += 1
        }
        return result
    }

    /// Controls that nobody means to write: ASCII's except white space, deprecated Arabic ones, annotation marks,
    /// object replacement, byte order mark.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\0"..."\u{8}", "\u{B}", "\u{E}"..."\u{1F}", "\u{7F}": true
        case "\u{206A}"..."\u{206F}", "\u{FEFF}", "\u{FFF9}"..."\u{FFFC}": true
        default: false
        }
    }
}
