import Foundation
import Testing

@testable import Inference

/// Padding and pooling of the transformers layout, as `CLIPTokenizer` and `CLIPTextModel` have them.
struct TextConventionsTests {
    private func files(_ others: [String: String]) throws -> [String: Data] {
        var files = ["vocab.json": try TextGolden.data("vocab.json"), "merges.txt": try TextGolden.data("merges.txt")]
        files.merge(others.mapValues { Data($0.utf8) }) { $1 }
        return files
    }

    private func load(_ others: [String: String]) throws -> Tokenizer {
        try TextGolden.withDirectory(try files(others)) { directory in
            try Tokenizer.load(directory: directory, contextLength: 16, layout: .transformers)
        }
    }

    private func end() throws -> Int32 {
        try TextGolden.tokenizer().endID
    }

    @Test func rowsArePaddedWithTheEndTokenByDefault() throws {
        let end = try end()
        let tokenizer = try load(["config.json": #"{"text_config": {"eos_token_id": \#(end), "pad_token_id": 1}}"#])
        #expect(tokenizer.padID == end)
        #expect(tokenizer.pooling == .firstToken(end))
        #expect(tokenizer.files == ["vocab.json", "merges.txt", "config.json"])
        // The layouts spell special tokens in a text differently.
        // And only these texts are cleaned alike.
        for entry in try TextGolden.entries() where entry.text.allSatisfy({ $0.isASCII && ($0.isLetter || $0 == " ") })
        {
            let row = tokenizer.tokens(entry.text)
            let length = min(entry.ids.count + 2, 16)
            #expect(row.prefix(length) == entry.row.prefix(length))
            #expect(row.dropFirst(length).allSatisfy { $0 == end })
            #expect(tokenizer.pooling.position(in: row) == length - 1)
        }
    }

    @Test func padTokenIsTakenFromTheFileThatTheLibraryReads() throws {
        let model = #"{"text_config": {"eos_token_id": 2}}"#
        let ids = try TextGolden.ids()
        let plain = #"{"pad_token": "!"}"#
        let object = ##"{"pad_token": {"content": "#", "lstrip": false}}"##
        let newer = #"{"pad_token": "!", "added_tokens_decoder": {"1513": {"content": "<|endoftext|>"}}}"#
        let cases: [(files: [String: String], pad: String)] = [
            (["tokenizer_config.json": plain], "!"),
            (["special_tokens_map.json": object], "#"),
            (["tokenizer_config.json": plain, "special_tokens_map.json": object], "#"),
            (["tokenizer_config.json": newer, "special_tokens_map.json": object], "!"),
            (["tokenizer_config.json": plain, "special_tokens_map.json": "{}"], "!"),
            (["tokenizer_config.json": "{}", "special_tokens_map.json": #"{"pad_token": null}"#], "<|endoftext|>"),
        ]
        for (others, pad) in cases {
            let tokenizer = try load(others.merging(["config.json": model]) { $1 })
            #expect(tokenizer.padID == ids[pad], "\(others)")
            #expect(tokenizer.tokens("cat").last == ids[pad])
            #expect(Set(tokenizer.files) == Set(others.keys).union(["vocab.json", "merges.txt", "config.json"]))
        }
    }

    @Test func poolingFollowsTheEndTokenOfTheModel() throws {
        let end = try end()
        #expect(try load(["config.json": #"{"text_config": {"eos_token_id": 2}}"#]).pooling == .highestID)
        let both = #"{"text_config": {"eos_token_id": 2}, "text_config_dict": {"eos_token_id": \#(end)}}"#
        #expect(try load(["config.json": both]).pooling == .firstToken(end))
        let null = #"{"text_config": {"eos_token_id": 2}, "text_config_dict": null}"#
        #expect(try load(["config.json": null]).pooling == .highestID)
    }

    @Test func specialTokensInATextAreSpeltAsInTheVocabulary() throws {
        let tokenizer = try load(["config.json": #"{"text_config": {"eos_token_id": 2}}"#])
        let golden = try TextGolden.tokenizer()
        #expect(tokenizer.encode("<|endoftext|><|startoftext|>") == [tokenizer.endID, tokenizer.startID])
        // As they are written, and in no other case.
        #expect(!tokenizer.encode("<|StartOfText|>").contains(tokenizer.startID))
        #expect(golden.encode("<end_of_text><Start_Of_Text>") == [golden.endID, golden.startID])
        #expect(!tokenizer.encode("<end_of_text>").contains(tokenizer.endID))
        #expect(!golden.encode("<|endoftext|>").contains(golden.endID))
    }

    @Test func contradictionsAreNamed() throws {
        let cases: [(files: [String: String], words: [String], code: InferenceError.Code)] = [
            ([:], ["config.json", "does not exist"], .unreadableFile),
            (["config.json": "{"], ["config.json", "not JSON"], .modelConfiguration),
            (["config.json": "{}"], ["config.json", "eos_token_id", "49407"], .modelConfiguration),
            (["config.json": #"{"text_config": {"eos_token_id": 7}}"#], ["eos_token_id is 7"], .modelConfiguration),
            (
                ["config.json": #"{"text_config": {"eos_token_id": "x"}}"#], ["text_config.eos_token_id"],
                .modelConfiguration
            ),
            (
                [
                    "config.json": #"{"text_config": {"eos_token_id": 2}}"#,
                    "tokenizer_config.json": #"{"pad_token": "<pad>"}"#,
                ], ["tokenizer_config.json", "\"<pad>\""], .tokenizer
            ),
            (
                [
                    "config.json": #"{"text_config": {"eos_token_id": 2}}"#,
                    "special_tokens_map.json": #"{"pad_token": 5}"#,
                ], ["special_tokens_map.json", "pad_token"], .tokenizer
            ),
        ]
        for (others, words, code) in cases {
            let error = #expect(throws: InferenceError.self) { try load(others) }
            #expect(error?.code == code, "\(others)")
            for word in words { #expect(error?.description.contains(word) == true, "\(error?.description ?? "")") }
        }
    }
}
