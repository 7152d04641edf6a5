import Testing

@testable import Inference

/// Every character and every entity against Python, by digest.
struct UnicodeAgreementTests {
    /// All characters that Python's Unicode knows; what is newer is not settled between versions.
    @Test func charactersAreCleanedAndCutAsInTheReference() throws {
        let golden = try TextGolden.digests().characters
        let version = golden.unicode.split(separator: ".").compactMap { Int($0) }
        let known = (major: version[0], minor: version[1])
        let pattern = WordPattern(start: "<start_of_text>", end: "<end_of_text>")
        var blocks: [String: [String]] = [:]
        for code in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(code), let age = scalar.properties.age,
                (age.major, age.minor) <= (known.major, known.minor),
                scalar.properties.generalCategory != .unassigned
            else { continue }
            let lower = String(String.UnicodeScalarView(TextCleaning.lowercase([scalar])))
            let words = split("a\(lower)1\(lower)!", by: pattern).joined(separator: "|")
            let cleaned = String(String.UnicodeScalarView(TextCleaning.clean("a\(scalar)b")))
            let line = "\(String(code, radix: 16, uppercase: true)) \(cleaned) \(words)"
            blocks[String(code & ~0xFFF, radix: 16, uppercase: true), default: []].append(line)
        }
        #expect(blocks.keys.sorted() == golden.blocks.keys.sorted())
        for (block, digest) in golden.blocks {
            #expect(TextGolden.digest(blocks[block] ?? []) == digest, "from U+\(block)")
        }
    }

    @Test func entitiesAreThoseOfTheReference() throws {
        let golden = try TextGolden.digests().entities
        let terminated = HTMLEntities.terminated.map { ("\($0);", $1) }
        let html5 = terminated + HTMLEntities.open.map { ($0, $1) }
        let shouted = HTMLEntities.shouted.map { ("\($0);", $1) }
        for (name, table) in ["html5": html5, "shouted": shouted] {
            let lines = table.map { (name: $0.0, value: String(String.UnicodeScalarView($0.1))) }
                .sorted { $0.name < $1.name }.map { "\($0.name)=\($0.value)" }
            #expect(lines.count == golden[name]?.count)
            #expect(TextGolden.digest(lines) == golden[name]?.digest, "\(name)")
        }
    }

    private func split(_ text: String, by pattern: WordPattern) -> [String] {
        let scalars = Array(text.unicodeScalars)
        var words: [String] = []
        var position = 0
        while let word = pattern.nextWord(in: scalars, from: position) {
            words.append(String(String.UnicodeScalarView(scalars[word.range])))
            position = word.range.upperBound
        }
        return words
    }
}
