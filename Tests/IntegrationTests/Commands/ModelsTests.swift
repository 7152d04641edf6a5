import Foundation
import Testbed
import Testing

/// `models`: what lies there, and whether it can be used.
@Suite struct ModelsTests {
    private static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../InferenceTests/Golden").standardizedFileURL.path

    @Test func modelsAreListedInspectedAndVerified() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let list = try Product.run(
                ["models", "list", "--json", "--model-path", "\(Self.golden)/encoder:\(DrawnWorld.model)"], in: scratch)
            try #require(list.status == 0, "\(list)")
            let models = try list.output.split(separator: "\n").map {
                try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
            }
            let goldens = try FileManager.default.contentsOfDirectory(atPath: "\(Self.golden)/encoder")
            #expect(models.count == goldens.count + 1)
            let resNet = models.first { ($0["directory"] as? String)?.hasSuffix("resnet-f32") == true }
            #expect(resNet?["family"] as? String == "ResNet, blocks 1-2-1-1, width 8")
            #expect(resNet?["grid"] as? Int == 2 && resNet?["features"] as? Int == 256)
            let people = try Product.run(
                ["models", "list", "--model-path", DrawnWorld.model], in: scratch)
            #expect(people.output.contains("vision transformer, "), "\(people)")

            let inspect = try Product.run(["models", "inspect", DrawnWorld.model, "--json"], in: scratch)
            let found = try #require(
                try JSONSerialization.jsonObject(with: Data(inspect.output.utf8)) as? [String: Any], "\(inspect)")
            #expect((found["sha256"] as? [String: String])?.values.allSatisfy { $0.count == 64 } == true)
            #expect(found["image_size"] as? Int == 96)
            let text = try Product.run(["models", "inspect", DrawnWorld.model], in: scratch)
            #expect(text.status == 0 && text.output.contains("sha-256"), "\(text)")

            let whole = try Product.run(["models", "verify", DrawnWorld.model], in: scratch)
            #expect(whole.status == 0 && whole.output.contains("is whole: weights"), "\(whole)")
            let mute = try Product.run(
                ["models", "verify", Self.golden + "/transformers/gelu-f16-eos-70"], in: scratch)
            #expect(mute.status == 0 && mute.output.contains("no vocabulary"), "\(mute)")

            // Cut off, as a copy that was interrupted leaves it.
            try FileManager.default.copyItem(atPath: DrawnWorld.model, toPath: scratch.path + "/cut")
            let weights = scratch.path + "/cut/open_clip_model.safetensors"
            let bytes = try Data(contentsOf: URL(fileURLWithPath: weights))
            try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: weights))
            let cut = try Product.run(["models", "verify", scratch.path + "/cut"], in: scratch)
            #expect(cut.status == 65 && cut.errors.contains("open_clip_model.safetensors"), "\(cut)")
            let listed = try Product.run(["models", "list", "--model-path", scratch.path], in: scratch)
            #expect(listed.status == 0 && listed.output.contains("can't be used"), "\(listed)")
        }
    }

    /// Convolutional networks have no keys.
    @Test func keysOfAResNetAreRefused() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let arguments = [
                "encode", "--model", Self.golden + "/encoder/resnet-f32", "--output", scratch.path + "/out.safetensors",
                DrawnWorld.path("hill-fennow/000.jpg"),
            ]
            let refused = try Product.run(arguments + ["--include", "patch_keys"], in: scratch)
            #expect(refused.status == 65 && refused.errors.contains("patch_keys"), "\(refused)")
            #expect(!FileManager.default.fileExists(atPath: scratch.path + "/out.safetensors"))
            let encoded = try Product.run(arguments + ["--include", "patch_tokens"], in: scratch)
            #expect(encoded.status == 0, "\(encoded)")
        }
    }
}
