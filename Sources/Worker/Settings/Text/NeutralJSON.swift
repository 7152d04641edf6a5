/// The same JSON with what would do something in a terminal as `\uXXXX`: encoders escape only what JSON demands, which leaves
/// DEL, the second range of control characters, separators of lines and overrides of the writing direction as they are.
///
/// - Parameter text: a JSON text; between its strings it is ASCII, so whatever else it holds stands in one of them.
package func neutralJSON(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 < 0x7F }) { return text }
    var escaped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        // Line breaks and indents are the text's own: a string can't hold them.
        guard scalar.value >= 0x7F, scalar.isDisruptive else {
            escaped.append(scalar)
            continue
        }
        for unit in Character(scalar).utf16 {
            let digits = String(unit, radix: 16)
            escaped.append(contentsOf: "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".unicodeScalars)
        }
    }
    return String(escaped)
}
