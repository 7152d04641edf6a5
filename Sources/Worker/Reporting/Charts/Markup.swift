import Foundation
import Settings

/// Text and numbers fit for XML and HTML.
package enum Markup {
    /// Markup escaped, and what XML 1.0 has no place for replaced, as is what would turn the direction of all that follows.
    package static func escaped(_ text: String) -> String {
        // Most names are of these letters, and large charts have thousands of names.
        if text.utf8.allSatisfy({ 0x20..<0x7F ~= $0 && !special.contains($0) }) { return text }
        return String(
            String.UnicodeScalarView(
                text.unicodeScalars.flatMap { scalar -> [Unicode.Scalar] in
                    switch scalar {
                    case "&": Array("&amp;".unicodeScalars)
                    case "<": Array("&lt;".unicodeScalars)
                    case ">": Array("&gt;".unicodeScalars)
                    case "\"": Array("&quot;".unicodeScalars)
                    case "\t", "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": [" "]
                    case "\u{fffe}", "\u{ffff}": ["\u{fffd}"]
                    case _ where scalar.isDisruptive: ["\u{fffd}"]
                    default: [scalar]
                    }
                }))
    }

    private static let special = Array("&<>\"".utf8)

    /// A coordinate: a tenth of a unit is enough for any screen.
    package static func coordinate(_ number: Double) -> String { number.printed("%.1f") }
}
