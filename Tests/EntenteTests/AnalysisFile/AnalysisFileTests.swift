import Concepts
import Testbed
import Testing

@testable import Entente
@testable import Settings

@Suite struct AnalysisFileTests {
    @Test func whatIsLeftOutHasDefaults() throws {
        let fixture = try AnalysisFixture()
        let file = try fixture.read(AnalysisFixture.minimal)
        #expect(file.name == "trial")
        #expect(file.modelDirectory == fixture.folder("model"))
        #expect(file.templates == ["a photo of a {}."])
        #expect(file.descriptorTemplate == "a photo showing {}")
        var method = MethodParameters()
        method.foreground.crf = nil
        method.parts.by = [.kmeans]
        #expect(file.method == method)
        #expect(method.retrieval.candidates == 500)
        #expect(method.language.count == 50)
    }

    @Test func filesMayBeginWithAByteOrderMark() throws {
        let mark = "\u{FEFF}"
        let plain = try AnalysisFixture().id(AnalysisFixture.minimal)
        let fixture = try AnalysisFixture(
            classes: mark + AnalysisFixture.classes, descriptors: mark + AnalysisFixture.descriptors)
        #expect(try fixture.id(mark + AnalysisFixture.minimal) == plain)
    }

    @Test func everyKeyIsRead() throws {
        let fixture = try AnalysisFixture()
        let file = try fixture.read(
            """
            name: trial
            model: model
            classes: classes.json
            templates: ["a {}", "the {}!"]
            descriptors: descriptors.json
            descriptor_template: "showing {}"
            method:
              decomposition: image
              image: official
              features: keys
              foreground: {by: svd, threshold: minmax, crf: false}
              parts: {by: [kmeans], count: 7, seed: 3}
              prompting: {thickness: 2, blur: 21}
              retrieval: {candidates: 42, per_part: 4, relevance: median_plus, offset: 0.5, transport: {lambda: 2.5, iterations: 9}}
              language: {class: label, count: 20}
            """)
        #expect(file.templates == ["a {}", "the {}!"])
        #expect(file.descriptorTemplate == "showing {}")
        let method = file.method
        #expect(method.image == .official)
        #expect(method.features == .keys)
        #expect(method.foreground.threshold == .minmax)
        #expect(method.foreground.crf == nil)
        #expect(method.parts.count == 7)
        #expect(method.parts.seed == 3)
        #expect(method.prompting.thickness == 2)
        #expect(method.prompting.blur == 21)
        #expect(method.retrieval.candidates == 42)
        #expect(method.retrieval.perPart == 4)
        #expect(method.retrieval.relevance == .medianPlus)
        #expect(method.retrieval.offset == 0.5)
        #expect(method.retrieval.transport?.lambda == 2.5)
        #expect(method.retrieval.transport?.iterations == 9)
        #expect(method.language.class == .label)
        #expect(method.language.count == 20)
    }

    @Test func bareOffIsTheWord() throws {
        let file = try AnalysisFixture().read(AnalysisFixture.minimal + "  retrieval: {relevance: off}\n")
        #expect(file.method.retrieval.relevance == .off)
    }

    @Test func demoFileIsGood() throws {
        let file = try AnalysisFile(path: Checkout.demo + "/analysis.yaml")
        #expect(file.classes.count >= 20)
        #expect((file.bank?.descriptors.count ?? 0) >= 150)
    }

    @Test func requiredKeysAreNamedTogether() throws {
        let problems = try AnalysisFixture().problems("templates: [\"a {}\"]\n")
        for key in ["name", "model", "classes", "descriptors"] {
            #expect(problems.contains { $0.message == "`\(key)` is missing." && $0.file == "analysis.yaml" }, "\(key)")
        }
    }

    @Test func everyProblemIsReportedAtOnceWithItsLine() throws {
        let problems = try AnalysisFixture(classes: #"[{"id": "n1"}]"#).problems(
            """
            name: ""
            model: nowhere
            classes: classes.json
            descriptors: nothing.json
            template: ["a {}"]
            templates:
              - "a {}"
              - "a"
            descriptor_template: "{} and {}"
            method:
              features: [tokens]
              foreground: {by: svd,
                crf: maybe}
              parts:
                by: [kmeans, spectral]
                count: many
              retrieval:
                per_part: 0
                transport: 5
              lanes: 3
            """)
        let expected: [(line: Int?, file: String, says: [String])] = [
            (1, "analysis.yaml", ["`name`", "non-empty"]),
            (2, "analysis.yaml", ["`model`", "nowhere", "does not exist"]),
            (5, "analysis.yaml", ["`template`", "`templates`", "not known"]),
            (8, "analysis.yaml", ["`templates`", "“a”", "{}"]),
            (9, "analysis.yaml", ["`descriptor_template`", "{} and {}"]),
            (11, "analysis.yaml", ["`method.features`", "`tokens`, `keys`, `ensemble`"]),
            (13, "analysis.yaml", ["`method.foreground.crf`", "maybe"]),
            (15, "analysis.yaml", ["`method.parts.by`", "spectral", "`kmeans`"]),
            (16, "analysis.yaml", ["`method.parts.count`", "many", "whole number"]),
            (18, "analysis.yaml", ["method.retrieval.per_part", "0", "at least 1"]),
            (19, "analysis.yaml", ["`method.retrieval.transport`", "mapping", "`lambda`", "`iterations`"]),
            (20, "analysis.yaml", ["`method.lanes`", "not known"]),
            (nil, "classes.json", ["Entry 0", "`name`"]),
            (nil, "nothing.json", ["can't be read"]),
        ]
        for entry in expected {
            #expect(
                problems.contains { problem in
                    problem.line == entry.line && problem.file == entry.file
                        && entry.says.allSatisfy(problem.message.contains)
                }, "line \(entry.line ?? 0) of \(entry.file): \(entry.says)")
        }
        // And nothing else: a value that can't be read brings no second complaint about what stands in for it.
        #expect(problems.count == expected.count, "\(problems.map(\.description).joined(separator: "\n"))")
    }

    @Test func aProblemReadsAsAPlaceAndASentence() {
        #expect(Problem(file: "a.yaml", line: 3, message: "No.").description == "a.yaml:3: No.")
        #expect(Problem(file: "a.yaml", line: nil, message: "No.").description == "a.yaml: No.")
    }
}
