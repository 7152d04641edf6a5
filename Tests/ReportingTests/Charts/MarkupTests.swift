import Testing

@testable import Reporting

@Suite struct MarkupTests {
    @Test(arguments: [
        ("<a href=\"x\">&", "&lt;a href=&quot;x&quot;&gt;&amp;"), ("a\nb\u{85}c\u{2028}d", "a b c d"),
        ("\u{1b}[2J", "\u{fffd}[2J"), ("\u{9b}\u{7f}\0", "\u{fffd}\u{fffd}\u{fffd}"),
        ("a\u{202e}b\u{2066}c", "a\u{fffd}b\u{fffd}c"),
        ("👩\u{200d}🔬 é", "👩\u{200d}🔬 é"), ("<\u{301}", "&lt;\u{301}"),
    ]) func nothingEscapesFromAText(text: String, escaped: String) {
        #expect(Array(Markup.escaped(text).unicodeScalars) == Array(escaped.unicodeScalars))
    }
}
