import Concepts
import Testbed
import Testing

@testable import Entente

/// The id is what rows of years are found by: it may not move by accident, and must move with every value.
@Suite struct AnalysisIdentityTests {
    private let fixture: AnalysisFixture
    private let id: String

    init() throws {
        fixture = try AnalysisFixture()
        id = try fixture.id(AnalysisFixture.minimal)
    }

    /// The id as Python's json and hashlib give it. It changes only with the method revision; whoever has to touch it
    /// otherwise has made every registered analysis unknown.
    @Test func pinned() throws {
        let analysis = try fixture.read(AnalysisFixture.minimal).analysis(model: .example)
        #expect(
            analysis.canonicalJSON == """
                {"classes":[{"id":"n1","name":"tench"},{"id":"n2","name":"crane"},{"id":"n3","name":"crane"}],\
                "descriptor_template":"a photo showing {}","descriptors":["long legs","a beak","a spotted body"],\
                "method":{"decomposition":"image","features":"tokens",\
                "foreground":{"by":"svd","crf":false,"threshold":"sign"},"image":"squash",\
                "language":{"class":"predicted","count":50},"parts":{"by":["kmeans"],"count":5,"seed":0,"signs":"right"},\
                "prompting":{"blur":11,"thickness":1},\
                "retrieval":{"candidates":500,"offset":0.02,"per_part":3,"relevance":"mean_minus",\
                "transport":{"iterations":1000,"lambda":1}}},"method_revision":2,\
                "model":{"configuration":"\(String(repeating: "b", count: 64))",\
                "tokenizer":"\(String(repeating: "c", count: 64))","weights":"\(String(repeating: "a", count: 64))"},\
                "templates":["a photo of a {}."]}
                """)
        #expect(id == "ddf46db7b89470101675173cc49264b9")
    }

    /// As builds had it before stages had revisions of their own: this analysis uses none that has changed since.
    @Test func whatDrawsNothingKeepsItsFirstID() throws {
        let single = AnalysisFixture.minimal + "  prompting: {mode: single_pass, dense: naclip}\n"
        #expect(try fixture.read(single).analysis(model: .example).methodRevision == 1)
        #expect(try fixture.id(single) == "4edbc7c84fce42f1639c5d1854a3ae13")
    }

    @Test func nameDoesNotMatter() throws {
        #expect(try fixture.id(AnalysisFixture.minimal.replacing("name: trial", with: "name: another")) == id)
    }

    @Test func pathsDoNotMatter() throws {
        try fixture.folder.makeFolder("elsewhere/model")
        try fixture.folder.write(AnalysisFixture.classes, to: "elsewhere/c.json")
        try fixture.folder.write(AnalysisFixture.descriptors, to: "elsewhere/d.json")
        let moved = AnalysisFixture.minimal.replacing("model: model", with: "model: ../elsewhere/model")
            .replacing("classes.json", with: "../elsewhere/c.json")
            .replacing("descriptors.json", with: "\(fixture.folder.path)/elsewhere/d.json")
        let file = try fixture.read(moved, as: "files/analysis.yaml")
        #expect(file.modelDirectory == fixture.folder("elsewhere/model"))
        #expect(file.analysis(model: .example).id == id)
    }

    @Test func orderOfKeysAndStatedDefaultsDoNotMatter() throws {
        #expect(
            try fixture.id(
                """
                method:
                  language: {count: 50, class: predicted}
                  retrieval: {transport: {iterations: 1000, lambda: 1.0}, offset: 2e-2, relevance: mean_minus, per_part: 3, candidates: 500}
                  prompting: {blur: 11, ellipse: opencv, thickness: 1}
                  parts: {seed: 0, count: 5, by: [kmeans]}
                  foreground: {crf: false, threshold: sign, by: svd}
                  features: tokens
                  image: squash
                  decomposition: image
                descriptor_template: "a photo showing {}"
                templates: ["a photo of a {}."]
                descriptors: descriptors.json
                classes: ./classes.json
                model: model
                name: trial
                """) == id)
    }

    @Test(arguments: [
        "image: official", "features: keys", "foreground: {crf: false, threshold: mean}",
        "parts: {by: [kmeans], count: 6}", "parts: {by: [kmeans], seed: 1}", "prompting: {thickness: 2}",
        "prompting: {blur: 13}", "prompting: {ellipse: exact}", "retrieval: {candidates: 499}",
        "retrieval: {per_part: 4}",
        "retrieval: {relevance: median_plus}", "retrieval: {relevance: off}", "retrieval: {offset: 0.021}",
        "retrieval: {transport: {lambda: 1.5}}", "retrieval: {transport: {iterations: 999}}",
        "language: {class: label}", "language: {count: 49}",
    ]) func everyMethodValueMatters(line: String) throws {
        let others = ["foreground: {crf: false}", "parts: {by: [kmeans]}"].filter { !line.hasPrefix($0.prefix(5)) }
        let yaml = AnalysisFixture.method(([line] + others).map { "  \($0)\n" }.joined())
        #expect(try fixture.id(yaml) != id)
    }

    @Test(arguments: [
        "templates: [\"a {}.\"]", "templates: [\"a photo of a {}.\", \"a {}\"]", "descriptor_template: \"{}\"",
    ])
    func templatesMatter(line: String) throws {
        #expect(try fixture.id(line + "\n" + AnalysisFixture.minimal) != id)
    }

    @Test(arguments: [
        #"[{"id": "n1", "name": "tench"}, {"id": "n3", "name": "crane"}, {"id": "n2", "name": "crane"}]"#,
        #"[{"id": "n1", "name": "Tench"}, {"id": "n2", "name": "crane"}, {"id": "n3", "name": "crane"}]"#,
        #"[{"id": "n1", "name": "tench"}, {"id": "n2", "name": "crane"}, {"id": "n3", "name": "crane"}, {"id": "4", "name": "4"}]"#,
    ]) func classesMatter(classes: String) throws {
        let descriptors = #"["long legs", "a beak", "a spotted body"]"#
        let same = try AnalysisFixture(descriptors: descriptors).id(AnalysisFixture.minimal)
        #expect(same == id)
        #expect(
            try AnalysisFixture(classes: classes, descriptors: descriptors).id(AnalysisFixture.minimal) != id)
    }

    @Test(arguments: [
        #"["a beak", "long legs", "a spotted body"]"#, #"["long legs", "a beak"]"#,
        #"["long legs", "a beak", "a spotted body", "x"]"#, #"["long legs", "a beak", "a  spotted body"]"#,
    ]) func descriptorsMatter(descriptors: String) throws {
        #expect(try AnalysisFixture(descriptors: descriptors).id(AnalysisFixture.minimal) != id)
    }

    @Test func everyFileOfTheModelMatters() throws {
        let file = try fixture.read(AnalysisFixture.minimal)
        let model = Analysis.ModelFingerprint.example
        let others = [
            Analysis.ModelFingerprint(weights: "d", configuration: model.configuration, tokenizer: model.tokenizer),
            .init(weights: model.weights, configuration: "d", tokenizer: model.tokenizer),
            .init(weights: model.weights, configuration: model.configuration, tokenizer: "d"),
        ]
        #expect(Set(others.map { file.analysis(model: $0).id } + [id]).count == 4)
    }
}
