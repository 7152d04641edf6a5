import Foundation
import Testing

@testable import Inference

/// Texts in the transformers layout, against the library on the same folders (`tools/golden/own_text.py`).
@Suite struct OwnTextTests {
    private struct Entry: Decodable {
        let text: String
        let ids: [Int32]
    }

    private static let folder = TextGolden.folder.deletingLastPathComponent().appendingPathComponent("own-text").path

    static let cases = [
        "plain", "plain-pair", "specials-normalized", "listed", "listed-beside-a-pair", "decoder", "decoder-of-a-pair",
        "added-file", "pad-in-a-text", "named-special", "lower-case-only",
    ]

    @Test(arguments: cases) func idsAreTheLibrarys(name: String) throws {
        let directory = "\(Self.folder)/\(name)"
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(directory)/expected.json"))
        let entries = try JSONReader.decode([Entry].self, from: [UInt8](data))
        try #require(entries.count > 30)
        let tokenizer = try Tokenizer.load(directory: directory, contextLength: 16, layout: .transformers)
        for entry in entries {
            let ids = [tokenizer.startID] + tokenizer.encode(entry.text) + [tokenizer.endID]
            #expect(ids == entry.ids, "\(entry.text.debugDescription)")
            let row = tokenizer.tokens(entry.text)
            #expect(
                row.count == 16
                    && row.prefix(15) == (entry.ids + .init(repeating: tokenizer.padID, count: 16)).prefix(15))
        }
    }

    /// Everything that ids depend on is among the files that are hashed and fetched.
    @Test(arguments: cases) func filesAreThoseOfTheLayout(name: String) throws {
        let directory = "\(Self.folder)/\(name)"
        let read = try Tokenizer.load(directory: directory, contextLength: 16, layout: .transformers).files
        let names = ModelDirectory.Layout.transformers.names {
            FileManager.default.fileExists(atPath: "\(directory)/\($0)")
        }
        #expect(Set(read) == Set(names.tokenizer + ["config.json"]))
    }

    @Test func openClipsLayoutKeepsItsCleaning() throws {
        let tokenizer = try Tokenizer.load(directory: "\(Self.folder)/plain", contextLength: 16, layout: .openCLIP)
        #expect(tokenizer.encode("“cat” &amp; ﬁsh") == tokenizer.encode("\"cat\" & fish"))
        let own = try Tokenizer.load(directory: "\(Self.folder)/plain", contextLength: 16, layout: .transformers)
        #expect(own.encode("“cat” &amp; ﬁsh") != own.encode("\"cat\" & fish"))
    }

    /// What would give other ids than the library's is refused by name.
    @Test(arguments: [
        ("tokenizer.json", #""type": "NFC""#, #""type": "NFKC""#, "\"NFKC\""),
        ("tokenizer.json", #""type": "NFC""#, #""type": "StripAccents""#, "\"StripAccents\""),
        ("tokenizer.json", #""ignore_merges": false"#, #""ignore_merges": true"#, "model.ignore_merges"),
        ("tokenizer.json", #""dropout": null"#, #""dropout": 0.1"#, "model.dropout 0.1"),
        ("tokenizer.json", #""behavior": "Removed""#, #""behavior": "Isolated""#, "pre_tokenizer"),
        ("tokenizer.json", #""use_regex": true"#, #""use_regex": false"#, "use_regex"),
        (
            "tokenizer.json", #""id": 530, "content": "stork""#, #""id": 640, "content": "stork""#,
            "“stork” has the id 640"
        ),
        ("tokenizer.json", #""content": "stork""#, #""content": "cat</w>""#, "“cat</w>” has the id"),
    ]) func whatIsNotImplemented(file: String, text: String, other: String, says: String) throws {
        var files: [String: Data] = [:]
        for name in ["tokenizer.json", "config.json"] {
            files[name] = try Data(contentsOf: URL(fileURLWithPath: "\(Self.folder)/listed/\(name)"))
        }
        let sound = String(decoding: try #require(files[file]), as: UTF8.self)
        let id = try #require(sound.firstMatch(of: /"id": (\d+), "content": "stork"/)?.1)
        let changed = sound.replacingOccurrences(of: text.replacingOccurrences(of: "530", with: id), with: other)
        #expect(changed != sound)
        files[file] = Data(changed.utf8)
        try TextGolden.withDirectory(files) { directory in
            let error = #expect(throws: InferenceError.self) {
                try Tokenizer.load(directory: directory, contextLength: 16, layout: .transformers)
            }
            #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
            #expect(error?.description.contains(file) == true)
        }
    }

    @Test func tokensBesideThePairAreChecked() throws {
        let pair = try ["vocab.json", "merges.txt", "config.json"].map { name in
            (name, try Data(contentsOf: URL(fileURLWithPath: "\(Self.folder)/plain-pair/\(name)")))
        }
        func refusal(_ name: String, _ text: String) throws -> String {
            var files = Dictionary(uniqueKeysWithValues: pair)
            files[name] = Data(text.utf8)
            return try TextGolden.withDirectory(files) { directory in
                let error = #expect(throws: InferenceError.self) {
                    try Tokenizer.load(directory: directory, contextLength: 16, layout: .transformers)
                }
                return error?.description ?? ""
            }
        }
        #expect(
            try refusal("added_tokens.json", #"{"emu": 9}"#).contains(
                "added_tokens.json: the added token “emu” has the id 9"))
        #expect(try refusal("added_tokens.json", #"{"emu": -1}"#).contains("“emu”"))
        #expect(try refusal("added_tokens.json", #"{"emu": "x"}"#).contains("added_tokens.json"))
        let long = String(repeating: "x", count: 2000)
        #expect(try refusal("added_tokens.json", "{\"\(long)\": 528}").contains("more than 1000 characters"))
        #expect(
            try refusal("tokenizer_config.json", #"{"added_tokens_decoder": {"x": {"content": "emu"}}}"#).contains(
                "“x”"))
        #expect(try refusal("special_tokens_map.json", #"{"mask_token": "<mask>"}"#).contains("\"<mask>\""))
    }
}
