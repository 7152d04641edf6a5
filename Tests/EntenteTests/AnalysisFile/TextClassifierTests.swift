import Concepts
import Foundation
import Testbed
import Testing

@testable import Entente
@testable import Settings

/// `classifier: descriptors` and `{sentences: …}`, and analyses that ask for predictions alone.
@Suite struct TextClassifierTests {
    private let fixture: AnalysisFixture

    init() throws {
        fixture = try AnalysisFixture(
            classes:
                #"[{"id": "a1", "name": "river_stork"}, {"id": "a2", "name": "kettle"}, {"id": "a3", "name": "kettle"}]"#,
            descriptors: #"{"a3": ["used daily", "a lid"], "river_stork": ["red legs", "a lid", "red legs"], "a2": []}"#
        )
    }

    private func analysis(_ lines: String) throws -> Analysis {
        try fixture.read(AnalysisFixture.minimal + lines).analysis(model: .example)
    }

    private func messages(_ lines: String) throws -> [String] {
        try fixture.problems(AnalysisFixture.minimal + lines).map(\.description)
    }

    @Test func descriptorsAreThoseOfTheClasses() throws {
        let analysis = try analysis("classifier: descriptors\n")
        #expect(
            analysis.classTexts == [
                ["river stork, which has red legs", "river stork, which is a lid", "river stork, which has red legs"],
                ["kettle, which has "], ["kettle, which is used daily", "kettle, which is a lid"],
            ])
        #expect(analysis.templates.isEmpty)
        let worded = try self.analysis("classifier: {descriptors: 'a {class} with {descriptor}!'}\n")
        #expect(worded.classTexts?[0][1] == "a river stork with a lid!")
        // The standard wording may be written out; the order of the file's keys says nothing beyond the bank's.
        #expect(try self.analysis("classifier: {descriptors: '{class}, {which}'}\n").id == analysis.id)
        #expect(try self.analysis("").classifier == nil)
    }

    @Test func sentencesAreReadInTheOrderOfTheClasses() throws {
        try fixture.folder.write(
            #"{"a2": ["Boils.", "Has a spout."], "a3": ["Sings."], "river_stork": ["Wades."]}"#, to: "s.json")
        let analysis = try analysis("classifier: {sentences: s.json}\n")
        #expect(analysis.classTexts == [["Wades."], ["Boils.", "Has a spout."], ["Sings."]])
        try fixture.folder.write(
            #"{"river_stork": ["Wades."], "a3": ["Sings."], "a2": ["Boils.", "Has a spout."]}"#, to: "t.json")
        #expect(try self.analysis("classifier: {sentences: t.json}\n").id == analysis.id)
    }

    /// What a bank that is only retrieved from may be, a classifier's may not.
    @Test func keysHaveToBindWhereTheyMeanSomething() throws {
        try fixture.folder.write(
            #"{"a1": ["x"], "kettle": ["y"], "river_stork": ["z"], "teapot": ["v"]}"#, to: "descriptors.json")
        #expect(try messages("").isEmpty)
        let refused = try messages("classifier: descriptors\n")
        #expect(
            refused == [
                "descriptors.json: “kettle” is the name of several classes; name a class by its id.",
                "descriptors.json: “teapot” is no class of this analysis; name a class by its id.",
                "descriptors.json: “river_stork” names a class that has a list already; leave one of them.",
                "descriptors.json: `classifier.descriptors` needs a list for each class, and “a2” (“kettle”) has none.",
                "descriptors.json: `classifier.descriptors` needs a list for each class, and “a3” (“kettle”) has none.",
            ], "\(refused)")
        try fixture.folder.write(#"["x", "y"]"#, to: "descriptors.json")
        #expect(try messages("").isEmpty)
        #expect(try messages("classifier: descriptors\n").first?.contains("the file is a plain array") == true)
    }

    @Test func whatAreNoSentencesIsRefused() throws {
        let cases: [(content: String, says: String)] = [
            ("[]", "an object with a list of sentences for each class"),
            (#"{"a1": ["x"], "a2": [], "a3": ["y"]}"#, "“a2” needs a list with at least one sentence."),
            (#"{"a1": ["x"], "a2": "x", "a3": ["y"]}"#, "“a2” needs a list with at least one sentence."),
            (#"{"a1": ["x", 3], "a2": ["x"], "a3": ["y"]}"#, "“a1” holds something that is no sentence"),
            (#"{"a1": ["\t "], "a2": ["x"], "a3": ["y"]}"#, "“a1” holds something that is no sentence"),
            (#"{"a1": ["\u0000"], "a2": ["x"], "a3": ["y"]}"#, "“a1” holds something that is no sentence"),
            (
                #"{"a1": ["x"], "a3": ["y"]}"#,
                "`classifier.sentences` needs a list for each class, and “a2” (“kettle”) has none."
            ),
            ("{", "The file is not JSON"),
        ]
        for (content, says) in cases {
            try fixture.folder.write(content, to: "s.json")
            let found = try messages("classifier: {sentences: s.json}\n")
            #expect(found.contains { $0.hasPrefix("s.json: ") && $0.contains(says) }, "\(content): \(found)")
        }
        #expect(try messages("classifier: {sentences: absent.json}\n").first?.contains("can't be read") == true)
        #expect(
            try messages("classifier: {sentences: 3.json}\ntemplates: [\"{}\"]\n").contains {
                $0.contains("beside `classifier.sentences`")
            })
        #expect(
            try messages("classifier: {descriptors: 'a {class}'}\n").first?.contains(
                "a wording has {class}, and {descriptor} or {which}") == true)
    }

    @Test func predictionsAloneNeedNoBank() throws {
        let plain = "name: plain\nmodel: model\nclasses: classes.json\nmethod: {parts: {by: []}}\n"
        let analysis = try fixture.read(plain).analysis(model: .example)
        #expect(analysis.descriptors.isEmpty && !analysis.method.findsParts && analysis.methodRevision == 1)
        #expect(try fixture.read(plain + "descriptors: descriptors.json\n").bank?.descriptors.count == 3)
        #expect(
            try fixture.problems(plain + "classifier: descriptors\n").map(\.message) == ["`descriptors` is missing."])
        let parts = "name: plain\nmodel: model\nclasses: classes.json\n"
        #expect(try fixture.problems(parts).map(\.message) == ["`descriptors` is missing."])
    }

    /// Nothing is ignored: each value that would do nothing is refused by name, whatever it is.
    @Test(arguments: [
        ("features: keys", "features"), ("foreground: {crf: false}", "foreground"),
        ("prompting: {blur: 9}", "prompting"),
        ("retrieval: {per_part: 2}", "retrieval"), ("language: {class: label}", "language.class"),
        ("decomposition: group", "decomposition"),
    ]) func valuesThatDoNothingAreRefused(line: String, key: String) throws {
        let head = "name: plain\nmodel: model\nclasses: classes.json\nmethod:\n  parts: {by: []}\n"
        let problems = try fixture.problems(head + "  \(line)\n")
        #expect(
            problems.count == 1 && problems[0].message.contains("method.\(key)") && problems[0].line == 6, "\(problems)"
        )
        #expect(
            try fixture.problems(head + "  image: official\n  language: {count: 3}\n  decomposition: image\n").isEmpty)
        let count = "name: plain\nmodel: model\nclasses: classes.json\nmethod: {parts: {by: [], count: 4}}\n"
        #expect(
            try fixture.problems(count).map(\.message) == [
                "`method.parts.count` does nothing where `method.parts.by` is []; leave it out."
            ])
    }
}
