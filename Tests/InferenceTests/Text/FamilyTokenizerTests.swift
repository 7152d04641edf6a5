import Foundation
import Testing

@testable import Inference

/// Tokenizers with the components of SigLIP, SigLIP 2, MetaCLIP 2 and CLIPA, against their libraries on the same folders
/// (`tools/golden/tokenizers_of_families.py`).
@Suite struct FamilyTokenizerTests {
    private struct Golden: Decodable {
        struct Entry: Decodable {
            let text: String
            let cleaned: String?
            let row: [Int32]
        }

        let kind: String
        let length: Int
        let entries: [Entry]

        var tokenizer: TokenizerKind {
            let parts = kind.split(separator: "+").map(String.init)
            return .file(.init(rawValue: parts[0]) ?? .whitespace, blanksSeparators: parts.count > 1)
        }
    }

    static let cases = [
        "siglip", "siglip-own", "siglip2", "siglip2-own-right", "siglip2-own-left", "bpe-unknown", "xlm", "bert",
    ]

    private static func folder(_ name: String) -> String {
        TextGolden.folder.deletingLastPathComponent().appendingPathComponent("tokenizers/\(name)").path
    }

    private static func golden(_ name: String) throws -> Golden {
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder(name))/expected.json"))
        return try JSONReader.decode(Golden.self, from: [UInt8](data))
    }

    private static func load(_ directory: String, _ golden: Golden, length: Int? = nil) throws -> Tokenizer {
        try Tokenizer.load(
            directory: directory, contextLength: length ?? golden.length, layout: .openCLIP, kind: golden.tokenizer)
    }

    @Test(arguments: cases) func rowsAreTheLibrarys(name: String) throws {
        let golden = try Self.golden(name)
        try #require(golden.entries.count >= 60)
        let tokenizer = try Self.load(Self.folder(name), golden)
        for entry in golden.entries {
            #expect(tokenizer.tokens(entry.text) == entry.row, "\(entry.text.debugDescription)")
            if let cleaned = entry.cleaned, case .file(let cleaning, _) = golden.tokenizer {
                let own = String(String.UnicodeScalarView(cleaning.clean(entry.text)))
                #expect(own.unicodeScalars.elementsEqual(cleaned.unicodeScalars), "\(entry.text.debugDescription)")
            }
        }
    }

    /// However much of a text is looked at, a row begins as a longer one does.
    @Test(arguments: cases) func shortRowsBeginAsLongOnes(name: String) throws {
        let golden = try Self.golden(name)
        let (short, long) = (
            try Self.load(Self.folder(name), golden, length: 5), try Self.load(Self.folder(name), golden, length: 400)
        )
        for entry in golden.entries {
            let room = 5 - short.opening.count - short.closing.count
            let ids = long.encode(entry.text)
            #expect(ids.count < 390)
            let row = short.tokens(entry.text)
            let expected: [Int32] = short.opening + Array(ids.prefix(room)) + short.closing
            let blanked: [Int32] = expected.map { name == "bert" && $0 == short.closing[0] ? 0 : $0 }
            #expect(
                short.padsLeft ? row.suffix(blanked.count) == blanked[...] : row.prefix(blanked.count) == blanked[...])
        }
    }

    /// SigLIP 2 was trained on lower case, whatever its file says.
    @Test(arguments: ["siglip", "siglip-own", "siglip2", "siglip2-own-left", "bert"]) func caseIsNothing(name: String)
        throws
    {
        let tokenizer = try Self.load(Self.folder(name), Self.golden(name))
        #expect(tokenizer.tokens("A Cat") == tokenizer.tokens("a cat"))
        #expect(tokenizer.tokens("a cat") != tokenizer.tokens("a dog"))
    }

    @Test(arguments: [
        ("siglip", #""type":"Metaspace""#, #""type":"Digits""#, "pre_tokenizer has a Digits"),
        ("siglip", #""type":"Strip""#, #""type":"NFKD""#, "normalizer has a NFKD"),
        ("siglip", #""Regex":" {2,}""#, #""Regex":"x+""#, "normalizer has a Replace of"),
        ("siglip", #""type":"TemplateProcessing""#, #""type":"ByteLevel""#, "post_processor has a ByteLevel"),
        ("siglip", #""unk_id":2"#, #""unk_id":200000"#, "model.unk_id"),
        (
            "siglip", #""prepend_scheme":"always""#, #""prepend_scheme":"often""#,
            "pre_tokenizer has a Metaspace of \"often\""
        ),
        ("siglip2", #""type":"BPE""#, #""type":"WordLevel""#, "model.type is “WordLevel”"),
        ("siglip2", #""dropout":null"#, #""dropout":0.5"#, "model.dropout is 0.5"),
        ("siglip2", #""behavior":"MergedWithPrevious""#, #""behavior":"Isolated""#, "pre_tokenizer has a Split"),
        ("siglip2", #""merges":[["#, #""merges":[["qq","zz"],["#, "model.merges[0] needs the token \"qq\""),
        ("siglip2", #""ids":[1]"#, #""ids":[9999]"#, "post_processor has the id 9999"),
        ("bert", #""unk_token":"[UNK]""#, #""unk_token":"[?]""#, "model.unk_token “[?]” is not in model.vocab"),
    ]) func whatIsNotImplementedIsNamed(name: String, text: String, other: String, says: String) throws {
        let golden = try Self.golden(name)
        let sound = String(
            decoding: try Data(contentsOf: URL(fileURLWithPath: "\(Self.folder(name))/tokenizer.json")), as: UTF8.self)
        let compact = sound.replacingOccurrences(of: "\": ", with: "\":").replacingOccurrences(
            of: "\", \"", with: "\",\"")
        let changed = compact.replacingOccurrences(of: text, with: other)
        try #require(changed != compact)
        let settings = try Data(contentsOf: URL(fileURLWithPath: "\(Self.folder(name))/tokenizer_config.json"))
        try TextGolden.withDirectory(["tokenizer.json": Data(changed.utf8), "tokenizer_config.json": settings]) {
            directory in
            let error = #expect(throws: InferenceError.self) { try Self.load(directory, golden) }
            #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
            #expect(error?.description.contains("tokenizer.json") == true)
        }
    }

    @Test func filesThatAreMissingAreNamed() throws {
        let golden = try Self.golden("siglip2")
        try TextGolden.withDirectory([:]) { directory in
            let error = #expect(throws: InferenceError.self) { try Self.load(directory, golden) }
            #expect(error?.description.contains("no tokenizer.json") == true)
        }
        let file = try Data(contentsOf: URL(fileURLWithPath: "\(Self.folder("siglip2"))/tokenizer.json"))
        try TextGolden.withDirectory(["tokenizer.json": file]) { directory in
            let error = #expect(throws: InferenceError.self) { try Self.load(directory, golden) }
            #expect(error?.description.contains("names no pad_token") == true)
        }
        let short = #expect(throws: InferenceError.self) {
            try Self.load(Self.folder("bert"), Self.golden("bert"), length: 2)
        }
        #expect(short?.description.contains("2 tokens surround each text") == true)
    }

    /// Tables that a hostile file may hold: whatever they say, nothing is read beyond them.
    @Test func brokenTablesAreHarmless() {
        #expect(CharacterMap(base64: "") == nil && CharacterMap(base64: "!") == nil)
        #expect(CharacterMap(base64: Data([255, 255, 255, 255, 0, 0, 0, 0]).base64EncodedString()) == nil)
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<200 {
            var bytes: [UInt8] = [64, 0, 0, 0]
            for _ in 0..<64 { bytes.append(UInt8.random(in: 0...255, using: &generator)) }
            bytes += Array("abc\0".utf8)
            let map = CharacterMap(base64: Data(bytes).base64EncodedString())
            #expect(map?.map(Array("aé猫🐱".unicodeScalars)) != [])
        }
    }

    /// A long text ends in good time, and its row is cut.
    @Test(arguments: ["siglip2", "siglip"]) func longWords(name: String) throws {
        let tokenizer = try Self.load(Self.folder(name), Self.golden(name))
        #expect(tokenizer.tokens(String(repeating: "abcat", count: 40_000)).count == 20)
    }
}
