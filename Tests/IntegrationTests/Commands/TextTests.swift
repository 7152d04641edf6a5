import Foundation
import Inference
import Testbed
import Testing

@Suite struct TextTests {
    private static let model = ["--model", DrawnWorld.model]

    private static func tokens(_ arguments: [String], _ scratch: ScratchFolder) throws -> [[Int32]] {
        let end = try Product.run(["tokenize", "--json"] + model + arguments, in: scratch)
        try #require(end.status == 0, "\(end)")
        return try end.output.split(separator: "\n").map { try JSONDecoder().decode([Int32].self, from: Data($0.utf8)) }
    }

    @Test func textsAreLinesOrStringsAndAllCommandsAgree() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let texts = [
                "a striped body", "", "A  STRIPED &amp; body ", "ein gestreifter Körper – 🦓", "a striped body",
            ]
            // CR LF, an empty line, and a last line with LF: nothing comes after it.
            let file = try scratch.write(
                "\(texts[0])\r\n\(texts[1])\n\(texts[2])\n\(texts[3])\r\n\(texts[4])\n", to: "texts.txt")
            let json = try scratch.write(
                String(decoding: try JSONEncoder().encode(texts), as: UTF8.self), to: "texts.json")
            let tokens = try Self.tokens(["--text-file", file], scratch)
            #expect(tokens.count == 5)
            #expect(tokens.allSatisfy { $0.count == 32 })
            #expect(tokens[0] == tokens[4] && tokens[0] != tokens[2])
            #expect(try Self.tokens(["--json-file", json], scratch) == tokens)
            var spoken = tokens
            spoken.remove(at: 1)
            #expect(try Self.tokens(texts.filter { !$0.isEmpty }, scratch) == spoken)
            // An inner CR stays.
            try scratch.write("a\rb\r\r\nc", to: "odd.txt")
            try scratch.write(#"["a\rb\r", "c"]"#, to: "odd.json")
            #expect(
                try Self.tokens(["--text-file", scratch.path + "/odd.txt"], scratch)
                    == Self.tokens(["--json-file", scratch.path + "/odd.json"], scratch))

            var written: [[UInt8]] = []
            for source in [["--text-file", file], ["--json-file", json]] {
                let output = scratch.path + "/\(written.count).safetensors"
                let end = try Product.run(["encode-text"] + Self.model + source + ["--output", output], in: scratch)
                #expect(end.status == 0 && end.output.isEmpty, "\(end)")
                written.append([UInt8](try Data(contentsOf: URL(fileURLWithPath: output))))
            }
            #expect(written[0] == written[1])
            let stored = try Safetensors(path: scratch.path + "/0.safetensors")
            #expect(stored["text_embeddings"]?.shape == [5, 128])
            #expect(stored["token_ids"]?.shape == [5, 32])
            #expect(try stored.integers("token_ids") == tokens.flatMap { $0 })
            let embeddings = try stored.floats("text_embeddings")
            #expect(embeddings.contains { !$0.isFinite } == false)
            let rows = (0..<5).map { Array(embeddings[$0 * 128..<($0 + 1) * 128]) }
            #expect(rows[0] == rows[4] && Set(rows).count == 4)
        }
    }

    @Test func whatIsNoTextIsNamed() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let good = try scratch.write("a\n", to: "good.txt")
            let latin = try scratch.write([0x4B, 0xF6, 0x72, 0x0A], to: "latin1.txt")
            let object = try scratch.write("{}", to: "object.json")
            let mixed = try scratch.write(#"["a", 3]"#, to: "mixed.json")
            let broken = try scratch.write(#"["a""#, to: "broken.json")
            let output = ["--output", scratch.path + "/x.safetensors"]
            for (arguments, status, named) in [
                (["--text-file", latin], 65, "latin1.txt is not UTF-8"), (["--json-file", object], 65, "object.json"),
                (["--json-file", mixed], 65, "entry 1 is a number"), (["--json-file", broken], 65, "broken.json"),
                (["--text-file", scratch.path + "/nowhere.txt"], 65, "nowhere.txt"),
                (["--text-file", good, "--json-file", mixed], 64, "exclude"), ([], 64, "--text-file"),
            ] as [([String], Int32, String)] {
                for command in [["encode-text"] + output, ["tokenize"]] {
                    let end = try Product.run(command + Self.model + arguments, in: scratch)
                    #expect(end.status == status && end.errors.contains(named) && end.output.isEmpty, "\(end)")
                }
            }
            let both = try Product.run(["tokenize"] + Self.model + ["--text-file", good, "a"], in: scratch)
            #expect(both.status == 64, "\(both)")
            #expect(!FileManager.default.fileExists(atPath: output[1]))
        }
    }

    /// A model that came without its vocabulary still sees.
    @Test func withoutVocabularyPicturesRunAndTextsAreRefused() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let model = scratch.path + "/model"
            try FileManager.default.createDirectory(atPath: model, withIntermediateDirectories: true)
            for name in ["open_clip_config.json", "open_clip_model.safetensors"] {
                try FileManager.default.createSymbolicLink(
                    atPath: model + "/" + name, withDestinationPath: DrawnWorld.model + "/" + name)
            }
            let picture = DrawnWorld.path(DrawnWorld.ids(perClass: 1)[0])
            let output = scratch.path + "/x.safetensors"
            let text = try Product.run(["tokenize", "--model", model, "a"], in: scratch)
            #expect(text.status == 65 && text.errors.contains("vocab.json"), "\(text)")
            let analysis = try scratch.write(
                """
                name: mute
                model: model
                classes: \(DrawnWorld.folder)/classes.json
                descriptors: \(DrawnWorld.folder)/descriptors.json
                method: {foreground: {crf: false}, parts: {by: [kmeans]}}
                """, to: "analysis.yaml")
            let explained = try Product.run(["analyze", "--analysis", analysis, picture], in: scratch)
            #expect(explained.status == 65 && explained.errors.contains("vocab.json"), "\(explained)")
            let seen = try Product.run(["encode", "--model", model, "--output", output, picture], in: scratch)
            #expect(seen.status == 0, "\(seen)")
            #expect(try Safetensors(path: output)["image_embeddings"]?.shape == [1, 128])
        }
    }
}
