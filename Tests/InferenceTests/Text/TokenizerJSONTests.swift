import Foundation
import Testing

@testable import Inference

/// `tokenizer.json` in CLIP's form gives the same tokenizer; every other form is refused by name.
struct TokenizerJSONTests {
    private static let pattern = #"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"#

    /// The file as the tokenizers library writes it for the golden vocabulary, with `change` applied.
    private func file(_ change: (inout [String: Any]) -> Void = { _ in }) throws -> Data {
        let ids = try TextGolden.ids().mapValues { Int($0) }
        let special = ["<|startoftext|>", "<|endoftext|>"].map {
            ["id": ids[$0] ?? -1, "content": $0, "special": true]
        }
        var root: [String: Any] = [
            "version": "1.0", "truncation": NSNull(), "padding": NSNull(),
            "added_tokens": special as [[String: Any]],
            "normalizer": [
                "type": "Sequence",
                "normalizers": [
                    ["type": "NFC"], ["type": "Replace", "pattern": ["Regex": "\\s+"], "content": " "],
                    ["type": "Lowercase"],
                ] as [[String: Any]],
            ] as [String: Any],
            "pre_tokenizer": [
                "type": "Sequence",
                "pretokenizers": [
                    ["type": "Split", "pattern": ["Regex": Self.pattern], "behavior": "Removed", "invert": true],
                    ["type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true],
                ] as [[String: Any]],
            ] as [String: Any],
            "model": [
                "type": "BPE", "dropout": NSNull(), "unk_token": "<|endoftext|>", "continuing_subword_prefix": "",
                "end_of_word_suffix": "</w>", "fuse_unk": false, "vocab": ids, "merges": try TextGolden.merges(),
            ] as [String: Any],
        ]
        change(&root)
        return try JSONSerialization.data(withJSONObject: root)
    }

    private func changing(_ section: String, _ change: (inout [String: Any]) -> Void) throws -> Data {
        try file { root in
            var part = root[section] as? [String: Any] ?? [:]
            change(&part)
            root[section] = part
        }
    }

    private func expectRefusal(
        _ data: Data, naming words: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try TextGolden.withDirectory(["tokenizer.json": data]) { directory in
            let error = #expect(throws: InferenceError.self, sourceLocation: sourceLocation) {
                try Tokenizer.load(directory: directory, contextLength: 16, layout: .openCLIP)
            }
            #expect(error?.code == .tokenizer, sourceLocation: sourceLocation)
            for word in words + ["tokenizer.json"] {
                let description = error?.description ?? ""
                #expect(description.contains(word), "\(description)", sourceLocation: sourceLocation)
            }
        }
    }

    @Test func givesTheSameIDs() throws {
        let golden = try TextGolden.tokenizer()
        let pairs = try TextGolden.merges().map { $0.split(separator: " ").map(String.init) }
        let variants = [
            try file(),
            try changing("model") { $0["merges"] = pairs },
            try changing("model") { $0["continuing_subword_prefix"] = NSNull() },
            // The special tokens may be listed among the added tokens alone.
            try changing("model") { model in
                var vocab = model["vocab"] as? [String: Any] ?? [:]
                vocab["<|startoftext|>"] = nil
                vocab["<|endoftext|>"] = nil
                model["vocab"] = vocab
            },
            try changing("pre_tokenizer") {
                $0["pretokenizers"] =
                    [
                        [
                            "type": "Split",
                            "pattern": ["Regex": #"<\|startoftext\|>|<\|endoftext\|>|"# + Self.pattern],
                        ],
                        ["type": "ByteLevel", "add_prefix_space": false],
                    ] as [[String: Any]]
            },
        ]
        for data in variants {
            try TextGolden.withDirectory(["tokenizer.json": data]) { directory in
                let tokenizer = try Tokenizer.load(directory: directory, contextLength: 16, layout: .openCLIP)
                #expect(tokenizer.files == ["tokenizer.json"])
                #expect(tokenizer.vocabularySize == golden.vocabularySize)
                for entry in try TextGolden.entries() { #expect(tokenizer.tokens(entry.text) == entry.row) }
            }
        }
    }

    @Test func isOnlyReadWhereThePairIsIncomplete() throws {
        let broken = Data("{}".utf8)
        let vocab = try TextGolden.data("vocab.json")
        let merges = try TextGolden.data("merges.txt")
        let pair = ["vocab.json": vocab, "merges.txt": merges, "tokenizer.json": broken]
        try TextGolden.withDirectory(pair) { directory in
            _ = try Tokenizer.load(directory: directory, contextLength: 16, layout: .openCLIP)
        }
        try TextGolden.withDirectory(["vocab.json": vocab, "tokenizer.json": try file()]) { directory in
            let tokenizer = try Tokenizer.load(directory: directory, contextLength: 16, layout: .openCLIP)
            #expect(tokenizer.files == ["tokenizer.json"])
        }
    }

    @Test func otherKindsAreRefusedByName() throws {
        try expectRefusal(try changing("model") { $0["type"] = "WordPiece" }, naming: "WordPiece")
        // Unigram's vocabulary is a list, so the name has to be found before the rest is looked at.
        let unigram: [String: Any] = ["type": "Unigram", "vocab": [["a", -1.5]]]
        try expectRefusal(try file { $0["model"] = unigram }, naming: "Unigram")
        try expectRefusal(try changing("model") { $0["type"] = nil }, naming: "model.type")
        try expectRefusal(try changing("model") { $0["end_of_word_suffix"] = NSNull() }, naming: "GPT-2", "suffix")
        try expectRefusal(try changing("model") { $0["end_of_word_suffix"] = "" }, naming: "GPT-2", "suffix")
        try expectRefusal(try changing("model") { $0["continuing_subword_prefix"] = "##" }, naming: "##")
        try expectRefusal(try file { $0["normalizer"] = NSNull() }, naming: "Lowercase")
        try expectRefusal(try file { $0["pre_tokenizer"] = ["type": "ByteLevel"] }, naming: "pre_tokenizer")
        try expectRefusal(
            try changing("pre_tokenizer") {
                $0["pretokenizers"] =
                    [["type": "Split", "pattern": ["Regex": "\\s+"]], ["type": "ByteLevel"]] as [[String: Any]]
            }, naming: "pattern", "Split")
    }

    @Test func damageIsNamed() throws {
        try expectRefusal(Data("{".utf8), naming: "not JSON")
        try expectRefusal(Data("{}".utf8), naming: "\"model\"")
        try expectRefusal(try changing("model") { $0["vocab"] = nil }, naming: "\"vocab\"", "missing")
        try expectRefusal(
            try changing("model") { $0["merges"] = ["a t", "cat"] }, naming: "model.merges[1]", "\"cat\"")
        try expectRefusal(try changing("model") { $0["merges"] = [["a", "t", "x"]] }, naming: "model.merges[0]")
        try expectRefusal(
            try file { $0["added_tokens"] = [["id": 3, "content": "<|endoftext|>"]] as [[String: Any]] },
            naming: "<|endoftext|>", "added_tokens")
    }
}
