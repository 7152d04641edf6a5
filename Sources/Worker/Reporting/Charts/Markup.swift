import Foundation

/// Text and numbers fit for XML and HTML.
enum Markup {
    /// Markup escaped, and what XML 1.0 has no place for replaced.
    static func escaped(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.flatMap { scalar -> [Unicode.Scalar] in
                    switch scalar {
                    case "&": Array("&amp;".unicodeScalars)
                    case "<": Array("&lt;".unicodeScalars)
                    case ">": Array("&gt;".unicodeScalars)
                    case "\"": Array("&quot;".unicodeScalars)
                    case "\t", "\n", "\r": [" "]
                    case "\u{0}"..."\u{1f}", "\u{fffe}", "\u{ffff}": ["\u{fffd}"]
                    default: [scalar]
                    }
                }))
    }

    /// A coordinate: a tenth of a unit is enough for any screen.
    static func coordinate(_ number: Double) -> String { String(format: "%.1f", number) }
}
