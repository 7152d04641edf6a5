import Testing

@testable import Entente

@Suite struct TextTableTests {
    @Test func columnsAreAligned() {
        var table = TextTable(.text("name"), .number("images"), .text("state"))
        table.add("a", "12345678", "done")
        table.add("longer é", "1", "")
        #expect(
            table.text == """
                name        images  state
                a         12345678  done
                longer é         1
                """)
    }

    @Test func cellsSpeakToNoTerminal() {
        var table = TextTable(.text("name"), .number("n"))
        table.add("a\u{1b}[2J\nb\u{202e}", "1\u{9b}K")
        #expect(table.text.split(separator: "\n").count == 2)
        #expect(table.text.contains(#"a\u{1B}[2J\nb\u{202E}"#) && table.text.contains(#"1\u{009B}K"#), "\(table.text)")
        // As wide as what is shown.
        #expect(Set(table.text.split(separator: "\n").map(\.count)).count == 1)
    }

    @Test func cellsAreOneLineAndCutShort() {
        #expect("a\n b".shortened(to: 5) == "a b")
        #expect("abcdef".shortened(to: 5) == "abcd…" && "abcde".shortened(to: 5) == "abcde")
        #expect("2026-11-25T08:24:22Z".readableTime == "2026-11-25 08:24")
    }

    @Test func aBarSaysRateAndTimeLeft() {
        #expect(
            ProgressBar.numbers(60, of: 100, before: 20, seconds: 10) == "60/100 images, 4.0 a second, about 10 s left")
        #expect(ProgressBar.numbers(100, of: 100, before: 0, seconds: 10) == "100/100 images, 10.0 a second")
        #expect(ProgressBar.numbers(20, of: 100, before: 20, seconds: 10) == "20/100 images, 0.0 a second")
        #expect(ProgressBar.numbers(0, of: 0, before: 0, seconds: 0) == "0/0 images")
        #expect([119.2, 120, 7199, 9000].map(readableDuration) == ["120 s", "2 min", "120 min", "2.5 h"])
    }
}
