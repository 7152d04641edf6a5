import Testing

@testable import Inference

/// Against open_clip's SimpleTokenizer with the same vocabulary.
struct TokenizerGoldenTests {
    @Test func idsAreThoseOfTheReference() throws {
        let tokenizer = try TextGolden.tokenizer()
        let entries = try TextGolden.entries()
        #expect(entries.count >= 300)
        for entry in entries {
            // Compared as scalars: Swift takes canonically equivalent strings for equal.
            let cleaned = TextCleaning.clean(entry.text)
            #expect(cleaned == Array(entry.cleaned.unicodeScalars), "\(entry.group): \(entry.text.debugDescription)")
            #expect(tokenizer.encode(entry.text) == entry.ids, "\(entry.group): \(entry.text.debugDescription)")
        }
    }

    @Test func rowsArePaddedAndCutAsInTheReference() throws {
        let tokenizer = try TextGolden.tokenizer()
        let long = try TextGolden.tokenizer(contextLength: 77)
        var cut = 0
        for entry in try TextGolden.entries() {
            let row = tokenizer.tokens(entry.text)
            #expect(row == entry.row, "\(entry.text.debugDescription)")
            if let longRow = entry.longRow {
                #expect(long.tokens(entry.text) == longRow, "\(entry.text.debugDescription)")
                if longRow.last == long.endID { cut += 1 }
            }
        }
        #expect(cut >= 8, "too few of the long texts are longer than a row to show where one is cut")
    }

    /// The groups that the golden files must keep covering, and the one documented difference.
    @Test func everyKindOfTextIsCovered() throws {
        let groups = Dictionary(grouping: try TextGolden.entries(), by: \.group)
        let expected = [
            "plain", "contractions", "spaces", "html", "repairs", "cases", "scripts", "marks", "emoji", "specials",
            "long",
            "mojibake",
        ]
        #expect(Set(groups.keys) == Set(expected))
        for entry in groups["mojibake"] ?? [] { #expect(entry.mojibake == true) }
        // Unrepaired on purpose: ftfy would make "só" of it.
        #expect(String(String.UnicodeScalarView(TextCleaning.clean("sÃ³"))) == "sã³")
    }

    @Test func vocabularyIsDescribed() throws {
        let tokenizer = try TextGolden.tokenizer()
        let ids = try TextGolden.ids()
        #expect(tokenizer.vocabularySize == ids.count)
        #expect(tokenizer.startID == ids["<|startoftext|>"])
        #expect(tokenizer.endID == ids["<|endoftext|>"])
        #expect(tokenizer.padID == 0)
        #expect(tokenizer.pooling == .highestID)
        #expect(tokenizer.files == ["vocab.json", "merges.txt"])
        #expect(tokenizer.contextLength == 16)
    }

    @Test func shortestRowHoldsStartAndEnd() throws {
        let tokenizer = try TextGolden.tokenizer(contextLength: 2)
        #expect(tokenizer.tokens("a photo of a cat") == [tokenizer.startID, tokenizer.endID])
        #expect(tokenizer.tokens("") == [tokenizer.startID, tokenizer.endID])
        for length in [1, 0, -3] {
            let error = #expect(throws: InferenceError.self) { try TextGolden.tokenizer(contextLength: length) }
            #expect(error?.code == .modelConfiguration)
            #expect(error?.description.contains("\(length)") == true)
        }
    }
}
