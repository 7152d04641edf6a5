import Foundation
import Testing

@testable import Inference

/// A field that stands twice in a file of a model: which of the two counts is anybody's guess, so the file is refused.
@Suite struct TwiceNamedTests {
    private let directory: ScratchDirectory

    init() throws { directory = try ScratchDirectory() }

    private func expectRefusal(_ file: String, _ field: String, _ body: () throws -> Void) {
        let error = #expect(throws: InferenceError.self) { try body() }
        let description = error?.description ?? ""
        #expect(description.contains(file) && description.contains("“\(field)” occurs twice"), "\(description)")
    }

    /// At the root, deep inside, and where both say the same.
    @Test(arguments: [
        ("model_cfg", #""preprocess_cfg""#, #""model_cfg": {}, "preprocess_cfg""#),
        ("layers", #""head_width""#, #""layers": 2, "head_width""#),
        ("size", #""size""#, #""s\u0069ze": 32, "size""#),
        // In a section that nothing is read from.
        ("x", #""preprocess_cfg""#, #""notes": [{"x": 1, "x": 1}], "preprocess_cfg""#),
    ])
    func ofOpenClipsConfiguration(field: String, text: String, other: String) throws {
        let sound = RandomModel().configurationJSON
        try directory.write(sound, to: "open_clip_config.json")
        _ = try ModelDirectory(directory.path)
        try directory.write(sound.replacingOccurrences(of: text, with: other), to: "open_clip_config.json")
        expectRefusal("open_clip_config.json", field) { _ = try ModelDirectory(directory.path) }
    }

    @Test func ofTransformersFiles() throws {
        let golden = try #require(GoldenModel.all.first { $0.layout == .transformers })
        let sound = try directory.read(golden.directory + "/config.json")
        try directory.write(
            sound.replacingOccurrences(of: "\"text_config\"", with: "\"projection_dim\": 7, \"text_config\""),
            to: "config.json")
        expectRefusal("config.json", "projection_dim") { _ = try ModelDirectory(directory.path) }
        try directory.write(sound, to: "config.json")
        try directory.write(
            #"{"image_mean": [0.1, 0.1, 0.1], "resample": 3, "image_mean": [1, 1, 1]}"#, to: "preprocessor_config.json")
        expectRefusal("preprocessor_config.json", "image_mean") { _ = try ModelDirectory(directory.path) }
    }

    @Test func ofTokenizers() throws {
        let vocabulary = try #require(String(data: TextGolden.data("vocab.json"), encoding: .utf8))
        let merges = try TextGolden.data("merges.txt")
        let twice = Data(("{\"cat</w>\": 5," + vocabulary.drop { $0 == "{" }).utf8)
        try TextGolden.withDirectory(["vocab.json": twice, "merges.txt": merges]) { directory in
            expectRefusal("vocab.json", "cat</w>") {
                _ = try Tokenizer.load(directory: directory, contextLength: 8, layout: .openCLIP)
            }
        }
        try TextGolden.withDirectory([
            "vocab.json": Data(vocabulary.utf8), "merges.txt": merges,
            "config.json": Data(#"{"text_config": {"eos_token_id": 2}}"#.utf8),
            "tokenizer_config.json": Data(##"{"pad_token": "!", "pad_token": "#"}"##.utf8),
        ]) { directory in
            expectRefusal("tokenizer_config.json", "pad_token") {
                _ = try Tokenizer.load(directory: directory, contextLength: 8, layout: .transformers)
            }
        }
    }

    @Test func ofWeights() throws {
        let entry = #"{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#
        let header = "{\"a\":\(entry),\"a\":\(entry)}"
        let bytes = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian, Array.init)
        try directory.write(bytes + header.utf8 + [0, 0, 0, 0], to: "twice.safetensors")
        expectRefusal("twice.safetensors", "a") { _ = try Safetensors(path: directory.path + "/twice.safetensors") }
    }

    /// Two spellings that a dictionary of strings takes for one.
    @Test func inTwoNormalisations() throws {
        #expect(throws: JSONReader.Fault.self) {
            try JSONReader.decode([String: Int].self, from: Array("{\"\u{E9}\": 1, \"e\u{301}\": 2}".utf8))
        }
        #expect(try JSONReader.decode([String: Int].self, from: Array("{\"\u{E9}\": 1, \"e\": 2}".utf8)).count == 2)
    }

    @Test func numbersThatFitAreDecoded() throws {
        func decode<T: Decodable>(_ type: T.Type, _ text: String) -> T? {
            try? JSONReader.decode([T].self, from: Array("[\(text)]".utf8)).first
        }
        #expect(decode(Int.self, "12") == 12 && decode(Int.self, "2.0") == 2 && decode(Int.self, "1e2") == 100)
        #expect(decode(Int.self, "1.5") == nil && decode(UInt8.self, "256") == nil && decode(UInt8.self, "-1") == nil)
        #expect(decode(Int.self, "9223372036854775807") == .max && decode(Int.self, "9223372036854775808") == nil)
        #expect(decode(Double.self, "1e308") == 1e308 && decode(Double.self, "1e309") == nil)
        #expect(
            decode(Bool.self, "1") == nil && decode(String.self, "1") == nil && decode(Int?.self, "null") == .some(nil))
    }
}
