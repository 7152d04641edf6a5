import Foundation
import Testbed
import Testing

@testable import Inference

/// `models convert`: a bare file of weights becomes a model directory.
@Suite struct ModelsConvertTests {
    private static let golden = Checkout.root + "/Tests/InferenceTests/Golden/checkpoints/"

    /// A folder of what comes with the program that knows one small architecture.
    ///
    /// - Parameter tokenizer: the repository whose tokenizer it names, if it names one.
    private static func share(in scratch: ScratchFolder, tokenizer: String? = nil) throws -> [String: String] {
        let file = URL(fileURLWithPath: golden + "model/open_clip_config.json")
        let whole = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
        var model = try #require(whole?["model_cfg"] as? [String: Any])
        var text = try #require(model["text_cfg"] as? [String: Any])
        text["hf_tokenizer_name"] = tokenizer
        model["text_cfg"] = text
        try scratch.write(JSONSerialization.data(withJSONObject: model), to: "share/architectures/small.json")
        try scratch.write(Data("{}".utf8), to: "share/preprocessing.json")
        return ["ENTENTE_SHARE": scratch("share")]
    }

    @Test func aBareFileBecomesAModel() async throws {
        try await onOwnThread { () throws in
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let environment = try Self.share(in: scratch)
            func convert(_ file: String, _ arguments: String...) throws -> ProgramEnd {
                try Product.run(
                    ["models", "convert", file, "--architecture", "small"] + arguments, in: scratch,
                    environment: environment)
            }
            let bare = Self.golden + "model/open_clip_pytorch_model.bin"
            let made = try convert(
                bare, "--output", scratch("out"), "--resize-mode", "squash", "--mean", "0.5,0.5,0.5", "--std",
                "0.5,0.25,1")
            try #require(made.status == 0, "\(made)")
            #expect(made.output.contains("squash bicubic, mean 0.5 0.5 0.5, std 0.5 0.25 1"), "\(made)")
            #expect(made.errors.contains("put vocab.json and merges.txt"), "\(made)")
            let expected = try Safetensors(path: Self.golden + "model/expected.safetensors")
            let written = try Safetensors(path: scratch("out/open_clip_model.safetensors"))
            #expect(written.names == expected.names && written.metadata["original_sha256"]?.count == 64)
            for name in written.names { #expect(try written.floats(name) == expected.floats(name), "\(name)") }
            #expect(try Product.run(["models", "verify", scratch("out")], in: scratch).status == 0)

            let again = try convert(bare, "--output", scratch("out"))
            #expect(again.status == 65 && again.errors.contains("exists; name another --output"), "\(again)")
            let refusals: [(file: String, arguments: [String], status: Int32, says: String)] = [
                (Self.golden + "refused/script.pt", [], 65, "script.pt: it is a TorchScript archive"),
                (Self.golden + "read/plain.pt", [], 65, "plain.pt: tensor visual."),
                (scratch("absent.pt"), [], 65, "absent.pt: can't be read"),
                (bare, ["--resize-mode", "stretch"], 65, "\"stretch\" is not known here"),
                (bare, ["--mean", "0.5"], 64, "--mean takes three numbers"),
                (bare, ["--tokenizer", scratch("share")], 65, "neither vocab.json and merges.txt"),
                (bare, ["--architecture", "ViT-Z"], 64, "known are small"),
            ]
            for (file, arguments, status, says) in refusals {
                let end = try Product.run(
                    ["models", "convert", file, "--output", scratch("none")]
                        + (arguments.first == "--architecture" ? [] : ["--architecture", "small"]) + arguments,
                    in: scratch, environment: environment)
                #expect(end.status == status && end.errors.contains(says), "\(end)")
            }
            // Nothing half done stays.
            let left = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
            #expect(!left.contains { $0.hasPrefix(".out") || $0.hasPrefix(".none") || $0 == "none" }, "\(left)")
        }
    }

    /// What all published weights of an architecture have in common is its default, and options come before it.
    @Test func familiesBringTheirPreparation() async throws {
        try await onOwnThread { () throws in
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let environment = try Self.share(in: scratch, tokenizer: "somebody/tokens")
            let published =
                #"{"small": {"mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.25], "interpolation": "bilinear", "resize_mode": "squash"}}"#
            try scratch.write(Data(published.utf8), to: "share/preprocessing.json")
            func convert(_ folder: String, _ arguments: String...) throws -> ProgramEnd {
                try Product.run(
                    [
                        "models", "convert", Self.golden + "model/open_clip_pytorch_model.bin", "--architecture",
                        "small",
                        "--output", scratch(folder),
                    ] + arguments, in: scratch, environment: environment)
            }
            let made = try convert("out")
            try #require(made.status == 0, "\(made)")
            #expect(made.output.contains("squash bilinear, mean 0.5 0.5 0.5, std 0.5 0.5 0.25"), "\(made)")
            #expect(made.errors.contains("put tokenizer.json and tokenizer_config.json"), "\(made)")
            #expect(made.errors.contains("they are those of somebody/tokens"), "\(made)")
            let other = try convert("other", "--interpolation", "bicubic", "--resize-mode", "longest")
            #expect(other.output.contains("longest bicubic, mean 0.5 0.5 0.5"), "\(other)")
            // A vocabulary of another kind is none of this model's.
            let refused = try convert("none", "--tokenizer", DrawnWorld.model)
            #expect(refused.status == 65 && refused.errors.contains("holds no tokenizer.json"), "\(refused)")
        }
    }

    @Test func theTokenizerComesAlong() async throws {
        try await onOwnThread { () throws in
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let environment = try Self.share(in: scratch)
            // The drawn world's vocabulary has more words than the small model, and what does not fit is no model.
            let large = try Product.run(
                [
                    "models", "convert", Self.golden + "model/open_clip_pytorch_model.bin", "--architecture", "small",
                    "--output", scratch("out"), "--tokenizer", DrawnWorld.model,
                ], in: scratch, environment: environment)
            #expect(large.status == 65 && large.errors.contains("vocab"), "\(large)")
            #expect(!FileManager.default.fileExists(atPath: scratch("out")))
        }
    }
}
