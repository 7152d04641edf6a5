import Testbed
import Testing

@testable import Entente

@Suite struct TextInputTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func lines(_ text: String) throws -> [String]? {
        try TextInput.parse(["--text-file", try scratch.write(text, to: "texts.txt")]).texts()
    }

    private func strings(_ json: String) throws -> [String]? {
        try TextInput.parse(["--json-file", try scratch.write(json, to: "texts.json")]).texts()
    }

    @Test(arguments: [
        ("a\nb\n", ["a", "b"]), ("a\nb", ["a", "b"]), ("a\r\nb\r\n", ["a", "b"]), ("a\r\nb\r", ["a", "b"]),
        ("", []), ("\n", [""]), ("\n\n", ["", ""]), ("\na\n\nb\n\n", ["", "a", "", "b", ""]), ("\r\n", [""]),
        // Only one CR, and only at the end of a line.
        ("a\r\r\nb\rc\n", ["a\r", "b\rc"]), (" a \tb \n", [" a \tb "]),
        // Other line breaks are part of the text.
        ("a\u{2028}b\u{85}c\u{b}d\n", ["a\u{2028}b\u{85}c\u{b}d"]), ("\u{e9} 😀\n", ["\u{e9} 😀"]),
        ("e\n\u{301}\n", ["e", "\u{301}"]),
    ]) func textFilesAreSplitAtLineFeeds(text: String, expected: [String]) throws {
        let found = try #require(try lines(text))
        #expect(found.map { Array($0.utf8) } == expected.map { Array($0.utf8) })
    }

    @Test func aByteOrderMarkIsNoText() throws {
        #expect(
            try lines("\u{FEFF}a\n\u{FEFF}b\n")?.map { Array($0.utf8) } == [Array("a".utf8), Array("\u{FEFF}b".utf8)])
        #expect(try strings("\u{FEFF}[\"a\"]") == ["a"])
    }

    @Test func jsonFilesAreArraysOfStrings() throws {
        #expect(try strings(#"["a\nb", "", "\u00e9"]"#) == ["a\nb", "", "\u{e9}"])
        #expect(try strings("[]") == [])
    }

    @Test(arguments: [
        (#"["a", 5, "b"]"#, "entry 1 is a number"), (#"["a", null]"#, "entry 1 is null"),
        (#"{"a": "b"}"#, "array of strings, not an object"), ("", "not JSON"), ("[\"a\"", "not JSON"),
    ]) func otherJSONIsRefused(json: String, says: String) {
        let failure = #expect(throws: CommandFailure.self) { try strings(json) }
        #expect(failure?.exit == .badInput)
        #expect(failure?.description.contains(scratch("texts.json")) == true)
        #expect(failure?.description.contains(says) == true, "\(failure?.description ?? "")")
    }

    @Test func filesThatCannotBeReadAreNamed() throws {
        let folder = scratch.path
        for arguments in [["--text-file", "/nowhere"], ["--json-file", "/nowhere"], ["--text-file", folder]] {
            let failure = #expect(throws: CommandFailure.self) { try TextInput.parse(arguments).texts() }
            #expect(failure?.exit == .badInput)
            #expect(failure?.description.contains(arguments[1]) == true)
        }
        let latin = try scratch.write([0x63, 0xE9, 0x0A], to: "latin.txt")
        let failure = #expect(throws: CommandFailure.self) { try TextInput.parse(["--text-file", latin]).texts() }
        #expect(failure?.description == "\(latin) is not UTF-8.")
    }

    @Test func oneSourceOrNone() throws {
        #expect(try TextInput.parse([]).texts() == nil)
        let failure = #expect(throws: CommandFailure.self) {
            try TextInput.parse(["--text-file", "a", "--json-file", "b"]).texts()
        }
        #expect(failure?.exit == .usage)
    }
}
