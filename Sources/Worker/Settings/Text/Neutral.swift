/// Text from outside as a person may read it: what would end a line, move a terminal's cursor, speak to the terminal or turn
/// the direction of writing is escaped, as in `\n` and `\u{1B}`.
///
/// Every sentence that is made of names from outside goes through here, once: errors when they are made, cells when they are
/// put into a table.
package func neutral(_ text: some StringProtocol) -> String {
    // Most texts are plain ASCII.
    if text.utf8.allSatisfy({ 0x20..<0x7F ~= $0 }) { return String(text) }
    var shown = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        if scalar.isDisruptive {
            shown.append(contentsOf: scalar.escaped(asASCII: true).unicodeScalars)
        } else {
            shown.append(scalar)
        }
    }
    return String(shown)
}

/// As ``neutral(_:)``, of a text of ours that has several lines: line feeds stay.
package func neutralLines(_ text: String) -> String {
    // By bytes: a combining mark may follow a line feed.
    text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { neutral(Substring($0)) }
        .joined(separator: "\n")
}

extension Unicode.Scalar {
    /// Whether it does something where it is shown, instead of being seen: control characters of both ranges, separators of
    /// lines, and all format characters (the writing direction's are among them) but the joiners that words and emoji are
    /// written with.
    package var isDisruptive: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        case .format: value != 0x200C && value != 0x200D
        default: false
        }
    }
}
