import Mustache
import Testing

@testable import Exploring

struct ShownTextTests {
    /// What is left of a template's text once its escapes are taken away can't be markup.
    @Test(arguments: HostileTexts.all) func noTextEndsWhatItStandsIn(_ text: String) throws {
        let template = try MustacheTemplate(string: "<p title=\"{{a}}\">{{a}}</p>")
        let shown = Array(template.render(["a": Node.text(text).templateValue]).unicodeScalars)
        #expect(shown.count { $0 == "<" } == 2 && shown.count { $0 == ">" } == 2, "\(text.debugDescription)")
        #expect(shown.count { $0 == "\"" } == 2 && !shown.contains("'"))
        #expect(!shown.contains { $0.value == 0x202E || $0.value == 0 || $0.value == 0x1B })
    }

    @Test func ordinaryTextStaysAsItIs() {
        for text in ["a black cat's \"tail\"", "Ä\u{308}é e\u{301}", "🏳️‍🌈", "日本語", "a\nb"] {
            #expect(ShownText.of(text).unicodeScalars.elementsEqual(text.unicodeScalars))
        }
    }
}
