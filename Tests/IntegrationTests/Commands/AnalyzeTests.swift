import Foundation
import Inference
import Testbed
import Testing

@Suite struct AnalyzeTests {
    private static func lines(_ end: ProgramEnd) throws -> [[String: Any]] {
        try end.output.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    @Test func aBadPictureLeavesAnErrorInItsPlace() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let id = DrawnWorld.ids(perClass: 1)[0]
            let good = DrawnWorld.path(id)
            let cut = try scratch.write(BadPictures.truncated(id), to: "cut.jpg")
            let page = try scratch.write(BadPictures.html, to: "page.jpg")
            let huge = try scratch.write(BadPictures.hugePNG(), to: "huge.png")
            let missing = scratch.path + "/missing.jpg"
            let pictures = [missing, good, cut, page, scratch.path, huge, good]
            let kinds = ["not_found", nil, "undecodable", "undecodable", "not_a_file", "too_large", nil]
            for batchSize in ["1", "16"] {
                let end = try Product.run(
                    ["analyze", "--analysis", DrawnWorld.analysis, "--json", "--batch-size", batchSize] + pictures,
                    in: scratch)
                #expect(end.status == 65, "\(end)")
                let lines = try Self.lines(end)
                #expect(lines.map { $0["image"] as? String } == pictures)
                for (line, kind) in zip(lines, kinds) {
                    let error = line["error"] as? [String: String]
                    #expect(error?["kind"] == kind)
                    guard kind != nil else {
                        #expect(line["prediction"] != nil && line["label"] is NSNull)
                        continue
                    }
                    #expect(line.keys.sorted() == ["error", "image"])
                    #expect(error?.keys.sorted() == ["kind", "message"])
                    #expect(error?["message"]?.contains(line["image"] as? String ?? "?") == true, "\(line)")
                }
            }
            let person = try Product.run(["analyze", "--analysis", DrawnWorld.analysis, missing, good], in: scratch)
            #expect(person.status == 65 && person.output.contains("missing.jpg does not exist"), "\(person)")
            #expect(person.output.contains("looks like   barn dibbet"), "\(person)")
        }
    }

    /// A bank so small that everything is said of every class: nothing can be compared with chance, and says so.
    @Test func undefinedValuesAreNullAndNeverAbsent() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            try scratch.write(
                #"[{"id": "c1", "name": "hill fennow"}, {"id": "c2", "name": "lesser mosk"}]"#, to: "classes.json")
            try scratch.write(#"["a striped body", "a white horn", "a fan"]"#, to: "descriptors.json")
            let analysis = try scratch.write(
                """
                name: small
                model: \(DrawnWorld.model)
                classes: classes.json
                descriptors: descriptors.json
                method: {foreground: {crf: false}, parts: {by: [kmeans]}}
                """, to: "analysis.yaml")
            let end = try Product.run(
                [
                    "analyze", "--analysis", analysis, "--json", "--label", "hill fennow",
                    DrawnWorld.path("hill-fennow/000.jpg"),
                ], in: scratch)
            try #require(end.status == 0, "\(end)")
            let line = try #require(try Self.lines(end).first)
            #expect(line["label"] as? String == "c1", "a label by name is shown as the class's id")
            let prediction = line["prediction"] as? [String: Any]
            #expect(prediction?["class"] as? String == "c1")
            #expect((prediction?["top"] as? [Any])?.count == 2)
            let part = (line["part_methods"] as? [String: [String: Any]])?["kmeans"]
            #expect((part?["language_concepts"] as? [Any])?.count == 3)
            let membership = (part?["estimators"] as? [String: [String: Any]])?["membership"]
            #expect(membership?.keys.sorted() == ["ami", "auc", "curve", "mi", "nmi_max", "p_value"])
            for key in ["ami", "nmi_max", "p_value"] { #expect(membership?[key] is NSNull, "\(key)") }
        }
    }

    @Test func artifactsArePictures() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let folder = scratch.path + "/artifacts"
            let end = try Product.run(
                [
                    "analyze", "--analysis", DrawnWorld.analysis, "--artifacts", folder,
                    DrawnWorld.path("hill-fennow/000.jpg"),
                ], in: scratch)
            #expect(end.status == 0, "\(end)")
            let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            for method in ["pca", "kmeans"] {
                #expect(names.count { $0.hasSuffix(".\(method).parts.png") } == 1)
                #expect(names.count { $0.hasSuffix(".\(method).venn.svg") } == 1)
            }
            let pictures = names.filter { $0.hasSuffix(".png") }
            let prompts = pictures.filter { !$0.hasSuffix(".parts.png") }
            #expect(!prompts.isEmpty && prompts.count.isMultiple(of: 3))
            for name in pictures {
                let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)))
                let picture = try ImageDecoder.decode(bytes, named: name, limits: DecodingLimits())
                #expect(picture.width == 96 && picture.height == 96)
            }
        }
    }

    @Test func misuseIsAUsageError() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let picture = DrawnWorld.path("hill-fennow/000.jpg")
            for (arguments, named) in [
                (["--label", "gryphon", picture], "gryphon"), ([], "images"),
                (["--batch-size", "0", picture], "0"), (["--colour", picture], "--colour"),
            ] {
                let end = try Product.run(["analyze", "--analysis", DrawnWorld.analysis] + arguments, in: scratch)
                #expect(end.status == 64 && end.errors.contains(named) && end.output.isEmpty, "\(end)")
            }
        }
    }
}
