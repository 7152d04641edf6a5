/// A line of CSV (RFC 4180, but with a line feed alone): nil is an empty field, an empty text a pair of quotes.
///
/// - Parameter isSpreadsheetSafe: whether a field that a spreadsheet would take for a formula gets an apostrophe before it.
package func csvLine(_ fields: [String?], isSpreadsheetSafe: Bool = false) -> String {
    fields.map { field in
        guard var field else { return "" }
        if isSpreadsheetSafe, isFormula(field) { field = "'" + field }
        // By bytes: a combining mark may follow a quote or a space.
        let bytes = field.utf8
        let isPlain =
            !bytes.isEmpty && bytes.first != UInt8(ascii: " ") && bytes.last != UInt8(ascii: " ")
            && !bytes.contains { ",\"\n\r".utf8.contains($0) }
        return isPlain ? field : "\"" + field.unicodeScalars.map { $0 == "\"" ? "\"\"" : "\($0)" }.joined() + "\""
    }.joined(separator: ",")
}

/// Whether a spreadsheet may calculate a cell instead of showing it: also behind white space, which some drop, and in the wide
/// forms that some take for the narrow ones. A number is shown as what it is.
private func isFormula(_ field: String) -> Bool {
    let scalars = field.unicodeScalars.drop { $0.properties.isWhitespace || $0.value < 0x20 || $0.value == 0xFEFF }
    guard let first = scalars.first, "=+-@\u{FF1D}\u{FF0B}\u{FF0D}\u{FF20}\u{2212}".unicodeScalars.contains(first)
    else {
        return false
    }
    return Double(field) == nil
}
