/// A value from outside, for a message: at most 80 characters on one line, control characters escaped.
package func quoted(_ text: String) -> String {
    var shown = "“"
    for scalar in text.unicodeScalars.prefix(80) {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: shown += scalar.escaped(asASCII: true)
        default: shown.unicodeScalars.append(scalar)
        }
    }
    return shown + (text.unicodeScalars.count > 80 ? "…”" : "”")
}
