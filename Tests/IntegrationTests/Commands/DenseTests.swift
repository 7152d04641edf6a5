import Foundation
import Inference
import Testbed
import Testing

@Suite struct DenseTests {
    private static let ids = DrawnWorld.ids(perClass: 1, classes: 2)
    private static let pictures = ids.map(DrawnWorld.path)
    private static let texts = "a photo of a barn dibbet.\na round body\nthe cave kibbit stands on a hill\n"

    private static func dense(_ arguments: [String], _ scratch: ScratchFolder) throws -> ProgramEnd {
        try Product.run(["dense", "--model", DrawnWorld.model] + arguments, in: scratch)
    }

    private struct Line: Decodable {
        struct Text: Decodable { let text: String, presence, lowest, highest: Double }
        let image: String
        let texts: [Text]
    }

    private struct Summary: Decodable {
        struct Points: Decodable {
            struct Point: Decodable { let x, y: Int }
            let positive, negative: [Point]
        }
        struct Text: Decodable {
            let text, color: String, label: Int, absent: Bool, share, presence: Double, points: Points?
        }
        struct Labels: Decodable { let file: String, width, height: Int }
        let sheet: String, labels: Labels, width, height: Int, texts: [Text]
    }

    @Test(arguments: ["clip-surgery", "cliptrase", "anoclip"])
    func similaritiesAndArtifactsAreWritten(method: String) async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let texts = try scratch.write(Self.texts, to: "texts.txt")
            let (output, art) = (scratch.path + "/out.safetensors", scratch.path + "/art")
            let end = try Self.dense(
                ["--method", method, "--text-file", texts, "--output", output, "--artifacts", art, "--json"]
                    + Self.pictures, scratch)
            try #require(end.status == 0, "\(end)")
            let file = try Safetensors(path: output)
            #expect(file["patch_similarity"]?.shape == [2, 144, 3])
            #expect(file["presence"]?.shape == [2, 3])
            let values = try file.floats("patch_similarity")
            #expect(values.allSatisfy(\.isFinite) && Set(values).count > 100)

            let lines = try end.output.split(separator: "\n").map {
                try JSONDecoder().decode(Line.self, from: Data($0.utf8))
            }
            #expect(lines.map(\.image) == Self.pictures)
            #expect(lines.allSatisfy { $0.texts.map(\.text) == Self.texts.split(separator: "\n").map(String.init) })

            let files = Set(try FileManager.default.contentsOfDirectory(atPath: art))
            // For each picture a sheet, a summary, labels by number and over the picture; and one page for all.
            #expect(files.count == 2 * 4 + 1)
            let index = try String(contentsOfFile: art + "/index.html", encoding: .utf8)
            for name in files where name.hasSuffix(".json") {
                let data = try Data(contentsOf: URL(fileURLWithPath: art + "/" + name))
                let summary = try JSONDecoder().decode(Summary.self, from: data)
                #expect(files.isSuperset(of: [summary.labels.file, summary.sheet]) && index.contains(summary.sheet))
                let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: art + "/" + summary.labels.file)))
                let labels = try ImageDecoder.decode(bytes, named: name)
                #expect(labels.width == summary.labels.width && labels.height == summary.labels.height)
                let sheet = try String(contentsOfFile: art + "/" + summary.sheet, encoding: .utf8)
                for text in summary.texts {
                    #expect(sheet.contains(text.text) && (0...1).contains(text.share))
                    #expect(text.absent == (text.presence < 0.1))
                    #expect((text.points != nil) == (method == "clip-surgery"))
                    for point in (text.points?.positive ?? []) + (text.points?.negative ?? []) {
                        #expect(0..<summary.width ~= point.x && 0..<summary.height ~= point.y)
                    }
                    if let points = text.points {
                        #expect(!points.positive.isEmpty && points.positive.count == points.negative.count)
                    }
                }
            }
        }
    }

    /// Drawing leaves values as they are, however many lanes draw, and shows what was asked for.
    @Test func sheetsShowWhatIsAskedFor() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let texts = try scratch.write(#"["barn dibbet+round body", "cave kibbit", ""]"#, to: "texts.json")
            func sheets(_ more: [String], lanes: String, to folder: String) throws -> [String: Data] {
                let art = scratch.path + "/" + folder
                let end = try Product.run(
                    [
                        "dense", "--model", DrawnWorld.model, "--method", "clip-surgery", "--json-file", texts,
                        "--templates", "clip-surgery", "--output", scratch.path + "/out.safetensors", "--artifacts",
                        art,
                    ] + more + Self.pictures, in: scratch, environment: ["ENTENTE_WORKER_LANES": lanes])
                try #require(end.status == 0, "\(end)")
                let names = try FileManager.default.contentsOfDirectory(atPath: art)
                return try Dictionary(
                    uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: URL(fileURLWithPath: art + "/" + $0))) }
                )
            }
            let options = ["--combine", "--raw", "--draw", "barn dibbet+round body", "--draw", ""]
            let one = try sheets(options, lanes: "1", to: "one")
            #expect(try sheets(options, lanes: "2", to: "two") == one)
            #expect(try sheets([], lanes: "2", to: "plain") != one)
            for (name, data) in one where name.hasSuffix(".html") && name != "index.html" {
                let page = String(decoding: data, as: UTF8.self)
                // Two of the texts, each raw, by the method and absolute.
                #expect(page.components(separatedBy: "<svg").count == 1 + 2 * 3)
                #expect(page.contains("1 more text is not drawn") && page.contains("the empty text"))
            }
        }
    }

    @Test func sizeBatchAndPromptsAreTheCallers() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let texts = try scratch.write(#"["barn dibbet", ""]"#, to: "texts.json")
            let prompts = try scratch.write(#"["a photo of a {}.", "{}"]"#, to: "prompts.json")
            func run(_ more: [String], _ name: String) throws -> Safetensors {
                let output = scratch.path + "/" + name
                let end = try Self.dense(
                    ["--method", "naclip", "--json-file", texts, "--output", output] + more + Self.pictures, scratch)
                try #require(end.status == 0, "\(end)")
                return try Safetensors(path: output)
            }
            let large = try run(["--image-size", "132", "--templates", prompts, "--batch-size", "1"], "a")
            #expect(large["patch_similarity"]?.shape == [2, 256, 2])
            let together = try run(["--image-size", "132", "--templates", prompts], "b")
            #expect(try large.floats("patch_similarity") == together.floats("patch_similarity"))
            let bare = try run(["--image-size", "132"], "c")
            #expect(try bare.floats("patch_similarity") != large.floats("patch_similarity"))
        }
    }

    @Test func aFailureWritesNothing() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let texts = try scratch.write(Self.texts, to: "texts.txt")
            let none = try scratch.write("", to: "none.txt")
            let bad = try scratch.write("no picture", to: "bad.jpg")
            let half = try scratch.write("barn dibbet+ \n", to: "half.txt")
            let many = try scratch.write(
                "[\((0..<256).map { "\"text \($0)\"" }.joined(separator: ","))]", to: "many.json")
            let golden = DrawnWorld.folder + "/../../Tests/InferenceTests/Golden/encoder/"
            let (output, art) = (scratch.path + "/out.safetensors", scratch.path + "/art")
            let naclip = ["--method", "naclip", "--output", output, "--artifacts", art]
            let asked = naclip + ["--text-file", texts]
            for (arguments, status, named) in [
                (asked + Self.pictures + [bad], 65, "bad.jpg"),
                (asked + ["--batch-size", "1"] + Self.pictures + [scratch.path + "/nowhere.jpg"], 65, "nowhere.jpg"),
                (naclip + ["--text-file", none] + Self.pictures, 65, "no texts"),
                (naclip + Self.pictures, 64, "--text-file"),
                (asked + ["--image-size", "7"] + Self.pictures, 64, "8 to 1024"),
                (asked + ["--reduced"] + Self.pictures, 64, "maskclip"),
                (asked + ["--compat"] + Self.pictures, 64, "resclip"),
                (asked + ["--combine"] + Self.pictures, 64, "--combine is for --method clip-surgery"),
                (asked + ["--against-empty"] + Self.pictures, 64, "--against-empty is for --method clip-surgery"),
                (asked + ["--draw", "a barn"] + Self.pictures, 64, "--draw names “a barn”"),
                (
                    ["--method", "raw", "--output", output, "--artifacts", art, "--text-file", texts, "--raw"]
                        + Self.pictures, 64, "nothing to show beside raw"
                ),
                (
                    [
                        "--method", "clip-surgery", "--output", output, "--artifacts", art, "--text-file", half,
                        "--combine",
                    ] + Self.pictures, 65, "nothing on one side of a +"
                ),
                (naclip + ["--json-file", many] + Self.pictures, 65, "256 texts are too many"),
                (asked + ["--presence", "1.5"] + Self.pictures, 64, "--presence is 1.5; it must be 0 to 1"),
                (asked + ["--scale", "40"] + Self.pictures, 64, "--labels softmax alone"),
                (asked + ["--labels", "softmax", "--presence", "0.2"] + Self.pictures, 64, "--labels absolute alone"),
                (asked + ["--labels", "softmax", "--scale", "0"] + Self.pictures, 64, "above 0"),
                (asked + ["--labels", "softmax", "--threshold", "nan"] + Self.pictures, 64, "--threshold is nan"),
                (
                    ["--method", "naclip", "--output", output, "--text-file", texts, "--presence", "0.2"]
                        + Self.pictures, 64,
                    "--artifacts"
                ),
                (["--method", "clip"] + Self.pictures, 64, "clip-surgery"),
                (
                    ["--method", "anoclip", "--output", output, "--text-file", texts, "--templates", "food101"]
                        + Self.pictures, 64, "prompts of its own"
                ),
                (asked + ["--model", golden + "resnet-f32"] + Self.pictures, 65, "maskclip and clip-surgery"),
                (asked + ["--model", golden + "convnext-f16-linear"] + Self.pictures, 65, "ConvNeXt"),
                (asked + ["--model", golden + "quick-gelu-f16"] + Self.pictures, 65, "vocab"),
            ] as [([String], Int32, String)] {
                let command = arguments.contains("--model") ? ["dense"] : ["dense", "--model", DrawnWorld.model]
                let end = try Product.run(command + arguments, in: scratch)
                #expect(end.status == status, "\(end)")
                #expect(end.errors.contains(named) && end.output.isEmpty, "\(end)")
                let left = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
                #expect(!left.contains { $0.contains("safetensors") || $0 == "art" }, "\(left)")
            }
        }
    }
}
