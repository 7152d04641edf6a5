import Foundation
import Testing

@testable import Inference

/// Vocabularies that are damaged, contradictory or of another kind are refused in a sentence that names the place.
struct VocabularyFilesTests {
    private static func files() throws -> (vocab: Data, merges: Data) {
        (try TextGolden.data("vocab.json"), try TextGolden.data("merges.txt"))
    }

    /// The error for these files, whose description must contain all of `words`.
    private func expectRefusal(
        _ files: [String: Data], size: Int? = nil, naming words: String...,
        code: InferenceError.Code = .tokenizer, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try TextGolden.withDirectory(files) { directory in
            let error = #expect(throws: InferenceError.self, sourceLocation: sourceLocation) {
                try Tokenizer.load(
                    directory: directory, contextLength: 16, layout: .openCLIP, vocabularySize: size)
            }
            #expect(error?.code == code, sourceLocation: sourceLocation)
            for word in words {
                let description = error?.description ?? ""
                #expect(description.contains(word), "\(description)", sourceLocation: sourceLocation)
            }
        }
    }

    private func encoded(_ ids: [String: Int32]) throws -> Data {
        try JSONEncoder().encode(ids)
    }

    @Test func headerOfMergesIsOptionalAndLineEndsMayBeWindows() throws {
        let (vocab, _) = try Self.files()
        let golden = try TextGolden.tokenizer()
        let lines = try TextGolden.merges()
        for header in ["#version: 0.2\n", "\"bpe_simple_vocab_16e6.txt#version: 0.2\n", ""] {
            for lineEnd in ["\n", "\r\n"] {
                for last in ["", lineEnd, lineEnd + lineEnd] {
                    let merges = Data((header + lines.joined(separator: lineEnd) + last).utf8)
                    try TextGolden.withDirectory(["vocab.json": vocab, "merges.txt": merges]) { directory in
                        let tokenizer = try Tokenizer.load(directory: directory, contextLength: 16, layout: .openCLIP)
                        for entry in try TextGolden.entries().prefix(120) {
                            #expect(tokenizer.encode(entry.text) == golden.encode(entry.text))
                        }
                    }
                }
            }
        }
    }

    @Test func missingFilesAreNamed() throws {
        let (vocab, merges) = try Self.files()
        try expectRefusal([:], naming: "vocab.json", "merges.txt", "tokenizer.json", "no vocabulary")
        try expectRefusal(["vocab.json": vocab], naming: "no merges.txt")
        try expectRefusal(["merges.txt": merges], naming: "no vocab.json")
        try expectRefusal(["vocab.txt": Data("[CLS]".utf8)], naming: "vocab.txt", "WordPiece")
        try expectRefusal(["spiece.model": Data([1])], naming: "spiece.model", "SentencePiece")
    }

    @Test func damagedFilesAreNamed() throws {
        let (vocab, merges) = try Self.files()
        try expectRefusal(
            ["vocab.json": vocab.prefix(1000), "merges.txt": merges], naming: "vocab.json", "not JSON")
        try expectRefusal(["vocab.json": Data(), "merges.txt": merges], naming: "vocab.json", "not JSON")
        try expectRefusal(
            ["vocab.json": Data(#"{"a": 0, "cat": "x"}"#.utf8), "merges.txt": merges], naming: "vocab.json", "“cat”")
        try expectRefusal(
            ["vocab.json": Data(#"{"cat": 1.5}"#.utf8), "merges.txt": merges], naming: "vocab.json", "\"cat\"", "1.5")
        try expectRefusal(
            ["vocab.json": Data(#"{"cat": 99999999999}"#.utf8), "merges.txt": merges], naming: "\"cat\"", "99999999999")
        try expectRefusal(["vocab.json": Data("[1]".utf8), "merges.txt": merges], naming: "vocab.json")
        try expectRefusal(["vocab.json": vocab, "merges.txt": Data([0x61, 0xFF])], naming: "merges.txt", "UTF-8")
        for line in ["onlyone", "one two three", ""] {
            let damaged = Data("#version: 0.2\na t\n\(line)\nc a\n".utf8)
            try expectRefusal(
                ["vocab.json": vocab, "merges.txt": damaged], naming: "merges.txt, line 3", "\"\(line)\"")
        }
    }

    @Test func aDirectoryInAFilesPlaceIsNamed() throws {
        let (vocab, _) = try Self.files()
        try TextGolden.withDirectory(["vocab.json": vocab]) { directory in
            try FileManager.default.createDirectory(
                atPath: directory + "/merges.txt", withIntermediateDirectories: false)
            let error = #expect(throws: InferenceError.self) {
                try Tokenizer.load(directory: directory, contextLength: 16, layout: .openCLIP)
            }
            #expect(error?.code == .unreadableFile)
            #expect(error?.description.contains("merges.txt: it is a directory") == true)
        }
    }

    @Test func contradictionsAreNamed() throws {
        let (_, merges) = try Self.files()
        let ids = try TextGolden.ids()
        let count = Int32(ids.count)
        func with(_ token: String, _ id: Int32?) throws -> [String: Data] {
            var changed = ids
            changed[token] = id
            return ["vocab.json": try encoded(changed), "merges.txt": merges]
        }
        try expectRefusal(try with("<|endoftext|>", nil), size: 2000, naming: "vocab.json", "<|endoftext|>")
        try expectRefusal(try with("<|startoftext|>", nil), size: 2000, naming: "vocab.json", "<|startoftext|>")
        try expectRefusal(try with("cat</w>", nil), size: 2000, naming: "merges.txt", "vocab.json lacks", "\"cat</w>\"")
        try expectRefusal(try with("Ġ", nil), size: 2000, naming: "\"Ġ\"", "byte 32")
        try expectRefusal(try with("Ġ</w>", nil), size: 2000, naming: "\"Ġ</w>\"", "byte 32")
        try expectRefusal(try with("cat</w>", 7), size: 2000, naming: "\"cat</w>\"", "share the id 7")
        try expectRefusal(try with("cat</w>", -1), naming: "\"cat</w>\"", "id -1")
        // A gap in the numbering shows as an id beyond the end, unless the model's own size allows for it.
        try expectRefusal(
            try with("another", count + 5), naming: "\"another\"", "id \(count + 5)", "0 ..< \(count + 1)")
        try expectRefusal(try with("another", count), size: ids.count, naming: "\"another\"", "0 ..< \(count)")
        try TextGolden.withDirectory(try with("another", count + 5)) { directory in
            let tokenizer = try Tokenizer.load(
                directory: directory, contextLength: 16, layout: .openCLIP, vocabularySize: 2000)
            #expect(tokenizer.vocabularySize == Int(count) + 6)
        }
    }

    @Test func vocabulariesWithoutWordEndsAreRefused() throws {
        let ids = Dictionary(
            uniqueKeysWithValues: try TextGolden.ids().keys.filter { !$0.hasSuffix("</w>") }.sorted().enumerated()
                .map { ($1, Int32($0)) })
        try expectRefusal(
            ["vocab.json": try encoded(ids), "merges.txt": Data("#version: 0.2\na t\n".utf8)],
            naming: "vocab.json", "GPT-2")
    }
}
