import Foundation
import Testing

@testable import Inference

@Suite struct IdentifierTests {
    /// Spellings that `String` takes for one, of several kinds: letters with marks, syllables, signs, marks in two orders.
    static let spellings = [
        ("\u{FC}ber.png", "u\u{308}ber.png"), ("\u{1E69}", "s\u{323}\u{307}"), ("s\u{307}\u{323}", "s\u{323}\u{307}"),
        ("\u{AC00}", "\u{1100}\u{1161}"), ("\u{2126}", "\u{3A9}"), ("\u{212B}", "A\u{30A}"), ("\u{F900}", "\u{8C48}"),
    ]

    @Test(arguments: spellings) func spellingsAreNamesOfTheirOwn(one: String, other: String) throws {
        #expect(one == other, "what makes this type needful")
        let (first, second) = (Identifier(one), Identifier(other))
        #expect(first != second && Set([first, second, first]).count == 2)
        #expect([first: 1, second: 2][first] == 1)
        #expect((first < second) != (second < first))
        #expect((first < second) == one.utf8.lexicographicallyPrecedes(other.utf8))
        let json = try JSONEncoder().encode([first, second])
        #expect(try JSONDecoder().decode([Identifier].self, from: json) == [first, second])
        #expect(
            try JSONDecoder().decode([String].self, from: json).map { Array($0.utf8) }
                == [one, other].map { Array($0.utf8) })
    }

    @Test func theOrderIsThatOfBytes() {
        let sorted = ["", "Z", "a", "a\u{301}", "b", "\u{E1}", "\u{FFFD}", "\u{1F642}"].map { Identifier($0) }
        #expect(sorted.shuffled().sorted() == sorted)
        #expect(Identifier("").isEmpty && !Identifier(" ").isEmpty)
    }
}
