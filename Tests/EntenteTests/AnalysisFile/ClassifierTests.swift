import Concepts
import Foundation
import Inference
import Testbed
import Testing

@testable import Entente

/// `classifier`: class embeddings out of a file that PyTorch saved.
@Suite struct ClassifierTests {
    private static let golden = Checkout.root + "/Tests/InferenceTests/Golden/checkpoints/"
    private let fixture: AnalysisFixture

    init() throws {
        fixture = try AnalysisFixture()
        for name in ["linear", "half", "biased"] {
            try fixture.folder.write(
                Data(contentsOf: URL(fileURLWithPath: "\(Self.golden)classifiers/\(name).pth")), to: "\(name).pth")
        }
    }

    private func analysis(_ lines: String) throws -> Analysis {
        try fixture.read(AnalysisFixture.minimal + lines).analysis(model: .example)
    }

    @Test func theFileIsPartOfTheContent() throws {
        let linear = try analysis("classifier: {file: linear.pth}\n")
        let expected = try Safetensors(path: Self.golden + "classifiers/linear.safetensors")
        let classifier = try #require(linear.classifier?.weights)
        #expect(classifier.matrix == Matrix(rows: 3, columns: 4, elements: try expected.floats("weight")))
        #expect(linear.templates.isEmpty)
        let read = try JSONDecoder().decode(Analysis.self, from: Data(linear.canonicalJSON.utf8))
        #expect(read == linear && read.id == linear.id)

        // By what is in it, not by its name or place; the same numbers out of another file are another analysis.
        try FileManager.default.copyItem(atPath: fixture.folder("linear.pth"), toPath: fixture.folder("other.pth"))
        #expect(try analysis("classifier: {file: ./other.pth}\n").id == linear.id)
        let (half, plain) = try (analysis("classifier: {file: half.pth}\n"), analysis(""))
        #expect(Set([linear.id, half.id, plain.id]).count == 3)
        let renamed = Analysis.ClassWeights(sha256: String(repeating: "0", count: 64), classifier.matrix)
        #expect(renamed != classifier && renamed.matrix == classifier.matrix)
    }

    @Test func theDefaultIsAbsent() throws {
        let (stated, plain) = try (analysis("classifier: templates\n"), analysis(""))
        #expect(stated.id == plain.id && stated.classifier == nil)
        #expect(!plain.canonicalJSON.contains("classifier"))
    }

    @Test func whatIsNoClassifierIsRefused() throws {
        try fixture.folder.write("not one", to: "text.pth")
        try fixture.folder.write(
            Data(contentsOf: URL(fileURLWithPath: Self.golden + "refused/whole-module.pt")), to: "module.pth")
        let cases: [(lines: String, file: String, says: String)] = [
            ("classifier: names\n", "analysis.yaml", "`classifier` is “names”; known are `templates`, `descriptors`"),
            ("classifier: {texts: a.json}\n", "analysis.yaml", "`classifier.texts` is not known here"),
            (
                "classifier: {file: linear.pth, sentences: a.json}\n", "analysis.yaml",
                "leave out all but one of its keys"
            ),
            (
                "classifier: {file: linear.pth}\ntemplates: [\"a {}\"]\n", "analysis.yaml",
                "does nothing beside `classifier.file`"
            ),
            ("classifier: {}\n", "analysis.yaml", "`classifier` needs a `file`"),
            ("classifier: [linear.pth]\n", "analysis.yaml", "known are `templates`"),
            ("classifier: {file: absent.pth}\n", "absent.pth", "can't be read"),
            ("classifier: {file: text.pth}\n", "text.pth", "it is no zip archive"),
            ("classifier: {file: module.pth}\n", "module.pth", "asks for “torch.nn.modules.linear.Linear”"),
            (
                "classifier: {file: biased.pth}\n", "biased.pth",
                "“weight” [3, 4], “bias” [3], and a classifier is one tensor"
            ),
        ]
        for (lines, file, says) in cases {
            let problems = try fixture.problems(Array((AnalysisFixture.minimal + lines).utf8))
            #expect(problems.count >= 1, "\(lines)")
            let first = try #require(problems.first { $0.file == file }, "\(lines): \(problems)")
            #expect(first.message.contains(says), "\(first)")
        }
        let fewer = try AnalysisFixture(
            classes: #"[{"id": "n2", "name": "crane"}, {"id": "n1", "name": "tench"}]"#, descriptors: #"["a beak"]"#)
        try fewer.folder.write(Data(contentsOf: URL(fileURLWithPath: fixture.folder("linear.pth"))), to: "linear.pth")
        let rows = try fewer.problems(Array((AnalysisFixture.minimal + "classifier: {file: linear.pth}\n").utf8))
        #expect(
            rows.map(\.message) == ["it has 3 rows for 2 classes; one for each is needed, in the order of `classes`."])
    }

    @Test(arguments: [Float.nan, .infinity, 0]) func rowsOfNoDirectionAreRefused(value: Float) throws {
        // The file's own numbers, one row of them overwritten; they begin where the safetensors' do.
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: fixture.folder("linear.pth"))))
        let numbers = try Safetensors(path: Self.golden + "classifiers/linear.safetensors").floats("weight")
        let pattern = numbers.withUnsafeBytes { Array($0) }
        let place = try #require(
            (0...bytes.count - pattern.count).first { bytes[$0..<$0 + pattern.count].elementsEqual(pattern) })
        for index in 0..<4 {
            withUnsafeBytes(of: value.bitPattern.littleEndian) {
                bytes.replaceSubrange(place + 16 + 4 * index..<place + 20 + 4 * index, with: $0)
            }
        }
        try fixture.folder.write(bytes, to: "damaged.pth")
        let problems = try fixture.problems(Array((AnalysisFixture.minimal + "classifier: {file: damaged.pth}\n").utf8))
        #expect(problems.count == 1 && problems[0].message.hasPrefix("row 1 is all zeros"), "\(problems)")
    }
}
