import Concepts
import Crypto
import Foundation
import Inference
import Testbed
import Testing

@Suite struct ModelFingerprintTests {
    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
        try scratch.write("weights", to: "open_clip_model.safetensors")
        try scratch.write("configuration", to: "open_clip_config.json")
    }

    private func sha(_ text: String) -> String { SHA256.hash(data: Data(text.utf8)).hexadecimal }

    private func fingerprint() throws(InferenceError) -> Analysis.ModelFingerprint {
        try .init(directory: scratch.path)
    }

    @Test func eachFileHasItsHash() throws {
        try scratch.write("vocabulary", to: "vocab.json")
        try scratch.write("merges", to: "merges.txt")
        try scratch.write("other", to: "README.md")
        #expect(
            try fingerprint()
                == .init(
                    weights: sha("weights"), configuration: sha("configuration"), tokenizer: sha("vocabularymerges")))
    }

    /// Whatever the tokenizer is read from, and nothing beside it.
    @Test func theTokenizerIsThePairOrTheOneFile() throws {
        #expect(try fingerprint().tokenizer == sha(""))
        try scratch.write("one file", to: "tokenizer.json")
        #expect(try fingerprint().tokenizer == sha("one file"))
        try scratch.write("vocabulary", to: "vocab.json")
        #expect(try fingerprint().tokenizer == sha("one file"))
        try scratch.write("merges", to: "merges.txt")
        #expect(try fingerprint().tokenizer == sha("vocabularymerges"))
    }

    /// In the transformers layout pictures are prepared by a file of its own, and padding by two more.
    @Test func theOtherLayoutHasMoreFiles() throws {
        try FileManager.default.removeItem(atPath: scratch("open_clip_config.json"))
        try scratch.write("configuration", to: "config.json")
        try scratch.write("weights", to: "model.safetensors")
        try scratch.write("one file", to: "tokenizer.json")
        let bare = try fingerprint()
        #expect(
            bare
                == .init(
                    weights: sha("weights"), configuration: sha("configuration"), tokenizer: sha("one file"),
                    textRevision: MethodStage.ownText.revision))
        try scratch.write("!", to: "preprocessor_config.json")
        try scratch.write("?", to: "tokenizer_config.json")
        #expect(try fingerprint().configuration == sha("configuration!"))
        #expect(try fingerprint().tokenizer == sha("one file?"))
        // Where newer releases write things, and only if they did.
        try scratch.write("+", to: "processor_config.json")
        try scratch.write("*", to: "added_tokens.json")
        #expect(try fingerprint().configuration == sha("configuration!+"))
        #expect(try fingerprint().tokenizer == sha("one file*?"))
        // The library reads the pair only where there is nothing else.
        try scratch.write("vocabulary", to: "vocab.json")
        try scratch.write("merges", to: "merges.txt")
        #expect(try fingerprint().tokenizer == sha("one file*?"))
        try FileManager.default.removeItem(atPath: scratch("tokenizer.json"))
        #expect(try fingerprint().tokenizer == sha("vocabularymerges*?"))
    }

    @Test func largeFilesAreHashedWhole() throws {
        var bytes = [UInt8](repeating: 0, count: (9 << 20) + 7)
        for index in stride(from: 0, to: bytes.count, by: 4097) { bytes[index] = UInt8(truncatingIfNeeded: index) }
        try scratch.write(bytes, to: "open_clip_model.safetensors")
        #expect(try fingerprint().weights == SHA256.hash(data: Data(bytes)).hexadecimal)
    }

    @Test(arguments: ["open_clip_model.safetensors", "open_clip_config.json"]) func missingFilesAreNamed(name: String)
        throws
    {
        try FileManager.default.removeItem(atPath: scratch(name))
        let missing = #expect(throws: InferenceError.self) { try fingerprint() }
        #expect(missing?.description.contains(scratch.path) == true && missing?.description.contains(name) == true)
        try scratch.makeFolder(name)
        let folder = #expect(throws: InferenceError.self) { try fingerprint() }
        #expect(folder?.description.contains(scratch(name)) == true)
    }
}
