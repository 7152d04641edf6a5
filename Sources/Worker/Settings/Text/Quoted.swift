/// A value from outside, for a message: at most 80 characters on one line, control characters escaped.
package func quoted(_ text: String) -> String {
    let beginning = text.unicodeScalars.prefix(80)
    return "“" + neutral(String(beginning)) + (beginning.endIndex < text.unicodeScalars.endIndex ? "…”" : "”")
}
