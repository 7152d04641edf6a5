import Foundation
import Inference
import Testbed
import Testing

@Suite struct EncodeTests {
    private static let ids = DrawnWorld.ids(perClass: 1, classes: 5)
    private static let pictures = ids.map(DrawnWorld.path)

    private static func encode(_ arguments: [String], _ scratch: ScratchFolder) throws -> ProgramEnd {
        try Product.run(["encode"] + arguments, in: scratch)
    }

    private static func files(_ scratch: ScratchFolder) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: scratch.path).filter { $0.contains("safetensors") }.sorted()
    }

    @Test func whatIsAskedForIsWrittenInArgumentOrder() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let all = scratch.path + "/all.safetensors"
            let plain = scratch.path + "/plain.safetensors"
            let first = try Self.encode(
                [
                    "--model", DrawnWorld.model, "--output", all, "--batch-size", "2", "--include",
                    "patch_keys,pixel_values,patch_tokens",
                ] + Self.pictures, scratch)
            #expect(first.status == 0 && first.output.isEmpty, "\(first)")
            let second = try Self.encode(
                ["--model", DrawnWorld.model, "--output", plain, "--batch-size", "5"] + Self.pictures.reversed(),
                scratch)
            #expect(second.status == 0, "\(second)")

            let extras = try Safetensors(path: all)
            #expect(extras["image_embeddings"]?.shape == [5, 128])
            #expect(extras["pixel_values"]?.shape == [5, 3, 96, 96])
            #expect(extras["patch_tokens"]?.shape == [5, 144, 128])
            #expect(extras["patch_keys"]?.shape == [5, 144, 128])
            let embeddings = try extras.floats("image_embeddings")
            for name in ["image_embeddings", "pixel_values", "patch_tokens", "patch_keys"] {
                let values = try extras.floats(name)
                #expect(values.contains { !$0.isFinite } == false)
                #expect(Set(values).count > 100, "\(name) is hardly a measurement")
            }
            let reversed = try Safetensors(path: plain)
            #expect(reversed["image_embeddings"]?.shape == [5, 128])
            for extra in ["pixel_values", "patch_tokens", "patch_keys"] { #expect(reversed[extra] == nil) }
            let turned = try reversed.floats("image_embeddings")
            for row in 0..<5 {
                #expect(
                    Array(embeddings[row * 128..<(row + 1) * 128]) == Array(turned[(4 - row) * 128..<(5 - row) * 128]),
                    "row \(row)")
            }
        }
    }

    @Test func aFailureWritesNothing() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let kept = try scratch.write("of an earlier run", to: "kept.safetensors")
            let bad = try scratch.write("no picture", to: "bad.jpg")
            let model = ["--model", DrawnWorld.model]
            for (arguments, status, named) in [
                // The bad one last, when the others are encoded already.
                (model + ["--output", kept, "--batch-size", "1"] + Self.pictures + [bad], 65, "bad.jpg"),
                (model + ["--output", kept] + [scratch.path + "/nowhere.jpg"] + Self.pictures, 65, "nowhere.jpg"),
                (model + ["--output", kept, scratch.path], 65, scratch.path),
                (model + ["--output", kept, "--include", "pixel_values,colours"] + Self.pictures, 64, "colours"),
                (model + ["--output", scratch.path + "/no/such/folder.safetensors"] + Self.pictures, 65, "/no/such"),
                (model + ["--output", scratch.path] + Self.pictures, 65, scratch.path),
                (["--model", scratch.path, "--output", kept] + Self.pictures, 65, "open_clip_config.json"),
                (["--model", scratch.path + "/nowhere", "--output", kept] + Self.pictures, 65, "nowhere"),
                (model + ["--output", kept], 64, "images"),
                (model + Self.pictures, 64, "--output"),
            ] as [([String], Int32, String)] {
                let end = try Self.encode(arguments, scratch)
                #expect(end.status == status, "\(end)")
                #expect(end.errors.contains(named) && end.output.isEmpty, "\(end)")
                #expect(try String(contentsOfFile: kept, encoding: .utf8) == "of an earlier run", "\(end)")
                #expect(try Self.files(scratch) == ["kept.safetensors"], "\(end)")
            }
        }
    }

    /// A vision trunk on its own gives features, and says that it has nothing to do with texts.
    @Test func aTrunkWithoutTextsGivesFeatures() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let output = scratch.path + "/x.safetensors"
            let texts = try scratch.write("a round body\n", to: "texts.txt")
            let trunk = ["--model", DrawnWorld.folder + "/../../Tests/InferenceTests/Golden/timm/svit-quickgelu"]
            let features = trunk + ["--output", output, "--include", "dense_patches,patch_tokens"]
            let end = try Self.encode(features + ["--dense", "naclip"] + Self.pictures, scratch)
            try #require(end.status == 0, "\(end)")
            let written = try Safetensors(path: output)
            #expect(written["image_embeddings"]?.shape == [5, 48])
            #expect(written["patch_tokens"]?.shape == [5, 25, 48])
            #expect(written["dense_patches"]?.shape == [5, 25, 48])
            #expect(Set(try written.floats("dense_patches")).count > 100)
            let asked = ["--text-file", texts, "--output", output]
            for (arguments, status, named) in [
                (["encode-text"] + trunk + asked, 65, "without a text encoder"),
                (["tokenize", "--json"] + trunk + ["a body"], 65, "without a text encoder"),
                (["dense"] + trunk + asked + ["--method", "raw"] + Self.pictures, 65, "without a text encoder"),
                (["encode"] + features + Self.pictures, 64, "--dense naclip"),
                (["encode"] + features + ["--dense", "resclip"] + Self.pictures, 64, "depends on texts"),
                (["encode"] + trunk + ["--output", output, "--dense", "raw"] + Self.pictures, 64, "dense_patches"),
            ] as [([String], Int32, String)] {
                let end = try Product.run(arguments, in: scratch)
                #expect(end.status == status && end.errors.contains(named), "\(end)")
            }
            let inspected = try Product.run(["models", "inspect", trunk[1]], in: scratch)
            #expect(inspected.status == 0 && inspected.output.contains("capped at 30"), "\(inspected)")
        }
    }

    @Test func aDamagedModelIsNamed() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let output = scratch.path + "/x.safetensors"
            for name in ["open_clip_config.json", "vocab.json", "merges.txt"] {
                try scratch.write(
                    Data(contentsOf: URL(fileURLWithPath: DrawnWorld.model + "/" + name)), to: "model/" + name)
            }
            let missing = try Self.encode(
                ["--model", scratch.path + "/model", "--output", output] + Self.pictures, scratch)
            #expect(missing.status == 65 && missing.errors.contains("open_clip_model.safetensors"), "\(missing)")
            let weights = try Data(contentsOf: URL(fileURLWithPath: DrawnWorld.model + "/open_clip_model.safetensors"))
            try scratch.write(weights.prefix(weights.count / 2), to: "model/open_clip_model.safetensors")
            let cut = try Self.encode(
                ["--model", scratch.path + "/model", "--output", output] + Self.pictures, scratch)
            #expect(cut.status == 65 && cut.errors.contains("open_clip_model.safetensors"), "\(cut)")
            #expect(try Self.files(scratch) == [])
        }
    }
}
