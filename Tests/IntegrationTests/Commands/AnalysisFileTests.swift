import Foundation
import Testbed
import Testing

/// An analysis is checked whole before anything runs, by whichever command reads it.
@Suite struct AnalysisFileTests {
    private static func refuse(_ yaml: String, _ scratch: ScratchFolder) throws -> [String] {
        let file = try scratch.write(yaml, to: "analysis.yaml")
        var said: Set<String> = []
        for arguments in [
            ["analyze", "--analysis", file, DrawnWorld.path(DrawnWorld.ids(perClass: 1)[0])],
            ["submit", "--analysis", file, "--dry-run", "--images", DrawnWorld.folder + "/heldout"],
        ] {
            let end = try Product.run(arguments, in: scratch)
            #expect(end.status == 65, "\(end)")
            #expect(end.output.isEmpty, "\(end)")
            said.insert(end.errors)
        }
        #expect(said.count == 1, "the commands say different things")
        return (said.first ?? "").split(separator: "\n").map(String.init)
    }

    @Test func everyProblemIsReportedAtOnceWithItsLine() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            try scratch.write(#"[{"id": "a", "name": "x"}, {"id": "a", "name": "y"}, {"id": "b"}]"#, to: "classes.json")
            try scratch.write(#"{"a": ["d", 3], "b": "e"}"#, to: "descriptors.json")
            let lines = try Self.refuse(
                """
                name: broken
                model: nowhere
                classes: classes.json
                templates: ["no place for a name"]
                descriptors: descriptors.json
                colour: red
                method:
                  features: pixels
                  parts:
                    by: [kmeans]
                    count: 0
                  foreground: {crf: false, blur: 3}
                  retrieval:
                    candidates: many
                    offset: .nan
                  prompting: {blur: 4}
                  language: {class: predicted, count: -3}
                """, scratch)
            let expected: [(place: String, named: String)] = [
                ("analysis.yaml:2:", "nowhere"), ("analysis.yaml:4:", "{}"), ("analysis.yaml:6:", "`colour`"),
                ("analysis.yaml:8:", "\"pixels\""), ("analysis.yaml:11:", "method.parts.count is 0"),
                ("analysis.yaml:12:", "`method.foreground.blur`"), ("analysis.yaml:14:", "\"many\""),
                ("analysis.yaml:15:", "method.retrieval.offset"), ("analysis.yaml:16:", "method.prompting.blur is 4"),
                ("analysis.yaml:17:", "method.language.count is -3"), ("classes.json:", "“a” stands twice"),
                ("classes.json:", "Entry 2"), ("descriptors.json:", "a number"), ("descriptors.json:", "“b”"),
            ]
            for problem in expected {
                #expect(
                    lines.contains { $0.contains(problem.place) && $0.contains(problem.named) },
                    "\(problem) is not in\n\(lines.joined(separator: "\n"))")
            }
            #expect(lines.count == expected.count, "\(lines.joined(separator: "\n"))")
        }
    }

    @Test func filesThatAreNotThereOrNotReadableAreNamed() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            #expect(try Self.refuse("name: [\n", scratch).contains { $0.contains("analysis.yaml:") })
            #expect(try Self.refuse("name: a\nname: b\n", scratch).contains { $0.contains("name stands twice") })
            #expect(try Self.refuse("- a\n", scratch).contains { $0.contains("mapping") })
            #expect(try Self.refuse("", scratch).contains { $0.contains("analysis.yaml") })
            let missing = try Self.refuse("model: \(DrawnWorld.model)\n", scratch)
            for field in ["`name`", "`classes`", "`descriptors`"] {
                #expect(missing.contains { $0.contains(field) && $0.contains("missing") }, "\(missing)")
            }
            let end = try Product.run(["analyze", "--analysis", scratch.path + "/nowhere.yaml", "x.jpg"], in: scratch)
            #expect(end.status == 65 && end.errors.contains("nowhere.yaml"), "\(end)")
        }
    }

    /// Names, places, order of keys and stated defaults are no part of an analysis's identity; what it computes is.
    @Test func theIdIsThatOfTheContent() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let picture = try scratch.write(DrawnWorld.bytes(DrawnWorld.ids(perClass: 1)[0]), to: "1.jpg")
            let list = try scratch.write("path\n\(picture)\n", to: "list.csv")
            func id(_ yaml: String) throws -> String {
                let file = try scratch.write(yaml, to: "analysis-\(UUID().uuidString.prefix(8)).yaml")
                let end = try Product.run(
                    ["submit", "--analysis", file, "--dry-run", "--json", "--manifest", list], in: scratch)
                try #require(end.status == 0, "\(end)")
                return try JSONDecoder().decode(SubmitTests.Estimate.self, from: Data(end.output.utf8)).analysis
            }
            for (name, contents) in [
                ("classes.json", #"[{"id": "c1", "name": "hill fennow"}, {"id": "c2", "name": "lesser mosk"}]"#),
                ("other.json", #"[{"name": "hill fennow", "id": "c1"}, {"name": "lesser mosk", "id": "c2"}]"#),
                ("words.json", #"["a striped body", "a horn", "a fan"]"#),
                ("named.json", #"{"lesser mosk": ["a striped body", "a horn"], "c1": ["a horn", "a fan"]}"#),
                ("turned.json", #"["a horn", "a striped body", "a fan"]"#),
            ] { try scratch.write(contents, to: name) }
            let model = DrawnWorld.model
            let plain = try id(
                """
                name: one
                model: \(model)
                classes: classes.json
                descriptors: words.json
                method: {foreground: {crf: false}, parts: {by: [kmeans]}}
                """)
            let same = try id(
                """
                method:
                  parts: {seed: 0, by: [kmeans], count: 5}
                  foreground: {crf: false, threshold: sign, by: svd}
                  retrieval: {offset: 0.020, candidates: 500}
                descriptors: named.json
                templates: ["a photo of a {}."]
                classes: other.json
                model: \(model)/../model
                name: two
                """)
            #expect(same == plain)
            let ordered = try id(
                """
                name: one
                model: \(model)
                classes: classes.json
                descriptors: turned.json
                method: {foreground: {crf: false}, parts: {by: [kmeans]}}
                """)
            let seeded = try id(
                """
                name: one
                model: \(model)
                classes: classes.json
                descriptors: words.json
                method: {foreground: {crf: false}, parts: {by: [kmeans], seed: 1}}
                """)
            #expect(Set([plain, ordered, seeded]).count == 3)
        }
    }
}
