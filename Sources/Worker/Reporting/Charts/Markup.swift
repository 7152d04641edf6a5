import Foundation
import Settings

/// Text and numbers fit for XML and HTML.
package enum Markup {
    /// Markup escaped, and what XML 1.0 has no place for replaced, as is what would turn the direction of all that follows.
    package static func escaped(_ text: String) -> String {
        String(
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

    /// A coordinate: a tenth of a unit is enough for any screen.
    package static func coordinate(_ number: Double) -> String { String(format: "%.1f", number) }
}
