import Foundation
import Testing

@testable import Settings

/// What would do something on a terminal, and what is made of it.
enum Disruptive {
    static let texts = [
        "\u{1b}[2J", "\u{1b}]0;title\u{7}", "\u{1b}]8;;http://x\u{1b}\\", "\u{9b}31m", "\u{9d}0;t\u{9c}", "\u{90}q",
        "\r", "\n",
        "\u{8}", "\u{b}", "\u{7f}", "\0", "\u{85}", "\u{2028}", "\u{2029}", "\u{202e}", "\u{2066}", "\u{200f}",
        "\u{feff}",
        "\u{e0041}", "\u{301}\n\u{301}", "\r\n",
    ]
}

@Suite struct NeutralTests {
    @Test(arguments: Disruptive.texts) func nothingIsLeftThatDoesSomething(text: String) {
        let shown = neutral("a\(text)b")
        #expect(!shown.unicodeScalars.contains { $0.isDisruptive }, "\(shown)")
        #expect(shown.unicodeScalars.first == "a" && shown.unicodeScalars.last == "b" && shown.contains("\\"))
        // What was made neutral once stays as it is.
        #expect(neutral(shown) == shown)
    }

    @Test(arguments: ["plain", "é e\u{301} 猫", "نمی\u{200c}خواهم", "👩\u{200d}🔬 👍🏽", "a\\b “c”", ""])
    func whatIsReadStays(text: String) { #expect(neutral(text) == text) }

    @Test func linesOfOursStay() {
        #expect(neutralLines("a\n\u{301}b\u{1b}\n") == "a\n\u{301}b\\u{1B}\n")
        #expect(neutralLines("a\r\nb") == "a\\r\nb")
    }

    @Test func quotesAreShortAndNeutral() {
        #expect(quoted("a\u{1b}\u{2028}") == "“a\\u{1B}\\u{2028}”")
        #expect(quoted(String(repeating: "é", count: 80)) == "“" + String(repeating: "é", count: 80) + "”")
        #expect(quoted(String(repeating: "x", count: 81)) == "“" + String(repeating: "x", count: 80) + "…”")
    }

    /// The value is the same to whoever reads it.
    @Test(arguments: Disruptive.texts) func JSONStaysJSON(text: String) throws {
        let object = ["a\(text)": ["é\(text)🦎", "\(text)"]]
        let encoder = JSONEncoder()
        let written = neutralJSON(String(decoding: try encoder.encode(object), as: UTF8.self))
        #expect(!written.unicodeScalars.contains { $0.isDisruptive }, "\(written)")
        #expect(try JSONDecoder().decode([String: [String]].self, from: Data(written.utf8)) == object)
    }

    @Test func indentedJSONKeepsItsLines() {
        #expect(neutralJSON("{\n\t\"é\u{9b}\": \"\u{e0041}\"\n}") == "{\n\t\"é\\u009b\": \"\\udb40\\udc41\"\n}")
    }

    @Test(arguments: 0..<24) func middlesGoBetweenScalars(limit: Int) {
        let text = "aé猫🦎bcdefgh\u{301}猫é"
        let short = withoutMiddle(text, limit: limit)
        #expect(short.utf8.count <= max(limit, 0) + 3 || short == text)
        #expect(!short.contains("\u{fffd}"))
        #expect(limit < text.utf8.count || short == text)
    }
}
