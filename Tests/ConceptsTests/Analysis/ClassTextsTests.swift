import Foundation
import Inference
import Testing

@testable import Concepts

/// Classes as descriptors and as sentences.
@Suite struct ClassTextsTests {
    private struct Case: Decodable {
        let wording, name: String
        let descriptors, texts: [String]
    }

    private static func analysis(
        _ classifier: Analysis.Classifier?, descriptors: [Identifier], names: [String], by: [PartMethod] = [.kmeans]
    ) -> Analysis {
        var method = MethodParameters()
        method.parts.by = by
        return Analysis(
            model: .init(weights: "w", configuration: "c", tokenizer: "t"),
            classes: names.enumerated().map { .init(id: Identifier("\($0)"), name: $1) }, descriptors: descriptors,
            templates: classifier == nil ? ["{}"] : [], classifier: classifier, descriptorTemplate: "{}", method: method
        )
    }

    /// Letter by letter, quirks among them.
    @Test func textsAreThoseOfTheReleasedCode() throws {
        for entry: Case in try Golden.cases("wordings", in: "descriptors") {
            let wording = try #require(DescriptorWording(entry.wording))
            let analysis = Self.analysis(
                .descriptors([Array(entry.descriptors.indices)], wording: wording),
                descriptors: entry.descriptors.map { Identifier($0) }, names: [entry.name])
            let texts = try #require(analysis.classTexts)
            #expect(
                texts.count == 1 && texts[0].map { Array($0.utf8) } == entry.texts.map { Array($0.utf8) },
                "\(entry.name)")
        }
    }

    @Test func wordingsHavePlacesForBoth() {
        let paper = "how can you identify a {class}. Distinctive and physical features describing it is {descriptor}"
        #expect(
            DescriptorWording(paper)?.text(className: "tench", descriptor: "a beak")
                == "how can you identify a tench. Distinctive and physical features describing it is a beak")
        // What stands in a name or a descriptor is no place, and a place may come twice.
        #expect(
            DescriptorWording("{descriptor}: {class}, a {class}")?.text(className: "{which}", descriptor: "{class}")
                == "{class}: {which}, a {which}")
        for refused in ["", "{class}", "{which}", "{Class}, {which}", "class, which", "{}, {descriptor}"] {
            #expect(DescriptorWording(refused) == nil, "\(refused)")
        }
    }

    @Test func listsArePartOfTheContent() throws {
        let descriptors: [Identifier] = ["a", "b"]
        let analyses = try [
            nil, .descriptors([[0], [1]], wording: .standard), .descriptors([[1], [0]], wording: .standard),
            .descriptors([[0], [1]], wording: #require(DescriptorWording("{class}, {which}."))),
            .descriptors([[0, 0], [1]], wording: .standard), .sentences([["x"], ["y"]]),
            .sentences([["x", "y"], ["y"]]),
        ].map { (classifier: Analysis.Classifier?) in
            Self.analysis(classifier, descriptors: descriptors, names: ["p", "q"])
        }
        #expect(Set(analyses.map(\.id)).count == analyses.count)
        for analysis in analyses {
            let read = try JSONDecoder().decode(Analysis.self, from: Data(analysis.canonicalJSON.utf8))
            #expect(read == analysis && read.id == analysis.id)
            #expect(read.classifierProblem == nil)
        }
        #expect(!analyses[0].canonicalJSON.contains("classifier"))
        #expect(
            analyses[1].canonicalJSON.contains(
                #""classifier":{"descriptors":[[0],[1]],"wording":"{class}, {which}"}"#))
    }

    /// Content comes out of a database that anybody may have written to.
    @Test func contentThatDoesNotFitIsTold() {
        func problem(_ classifier: Analysis.Classifier) -> String? {
            Self.analysis(classifier, descriptors: ["a"], names: ["p", "q"]).classifierProblem
        }
        #expect(problem(.descriptors([[0]], wording: .standard))?.contains("1 lists for 2 classes") == true)
        #expect(problem(.descriptors([[0], [1]], wording: .standard))?.contains("1 is no place") == true)
        #expect(problem(.descriptors([[-1], []], wording: .standard))?.contains("-1 is no place") == true)
        #expect(problem(.descriptors([[], []], wording: .standard)) == nil)
        #expect(problem(.sentences([["x"]]))?.contains("1 lists for 2 classes") == true)
        #expect(problem(.sentences([["x"], []]))?.contains("has no sentence") == true)
    }

    /// The mean of similarities is the product with the mean of rows, which keeps its length; sentences' mean does not.
    @Test func descriptorsScoreByTheMeanOfSimilarities() {
        let rows = Matrix(rows: 3, columns: 2, elements: [2, 0, 0, 5, 0.6, 0.8])
        let means = TextSide.means(of: rows, lists: [2, 1])
        #expect(means.elements == [0.5, 0.5, 0.6, 0.8])
        func top(_ classifier: Analysis.Classifier) -> ImageFindings.ClassSimilarity {
            let analysis = Self.analysis(classifier, descriptors: ["a", "b", "c"], names: ["p", "q"], by: [])
            let text = TextSide(
                analysis: analysis, classEmbeddings: means,
                bankEmbeddings: Matrix(rows: 3, columns: 2, elements: rows.elements),
                bareEmbeddings: rows)
            return Interpreter(text: text, method: analysis.method)
                .findings(imageEmbedding: [3, 3], label: nil, parts: []).top[0]
        }
        // (1, 1)/√2 with p: 0.707 by descriptors, 1 by sentences; with q 0.99 by both.
        let by = (top(.descriptors([[0, 1], [2]], wording: .standard)), top(.sentences([["a", "b"], ["c"]])))
        #expect(by.0.classIndex == 1 && abs(by.0.similarity - 0.98995) < 1e-4)
        #expect(by.1.classIndex == 0 && abs(by.1.similarity - 1) < 1e-6)
    }

    /// With predictions alone nothing of the stages behind them counts.
    @Test func predictionsAloneUseFewStages() {
        let plain = Self.analysis(nil, descriptors: [], names: ["p"], by: [])
        #expect(MethodStage.allCases.filter { $0.isUsed(by: plain.method) } == [.text, .vision, .retrieval])
        #expect(plain.method.passesPerImage == 1 && plain.method.rangeProblems.isEmpty)
        var grouped = plain.method
        grouped.decomposition = .group
        #expect(grouped.rangeProblems.map(\.keyPath) == ["method.decomposition"])
        let texts = Analysis.Classifier.sentences([["s"]])
        #expect(MethodStage.classTexts.isUsed(by: plain.method, classifier: texts))
        #expect(!MethodStage.classTexts.isUsed(by: plain.method, classifier: .weights(.ofModel)))
    }
}
