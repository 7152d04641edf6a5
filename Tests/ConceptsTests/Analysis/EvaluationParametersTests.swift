import Foundation
import Testing

@testable import Concepts

/// What judging explanations adds to an analysis's identity, and that it adds nothing where there is none.
@Suite struct EvaluationParametersTests {
    private static func analysis(_ evaluation: MethodParameters.Evaluation?) -> Analysis {
        var method = MethodParameters()
        method.evaluation = evaluation
        return Analysis(
            model: .init(weights: "w", configuration: "c", tokenizer: "t"), classes: [.init(id: "a", name: "a")],
            descriptors: ["d"], templates: ["{}"], descriptorTemplate: "{}", method: method)
    }

    private static func evaluation(
        foreground: Bool = false, _ change: (inout MethodParameters.Faithfulness) -> Void = { _ in }
    ) -> MethodParameters.Evaluation {
        var evaluation = MethodParameters.Evaluation()
        var faithfulness = MethodParameters.Faithfulness()
        change(&faithfulness)
        (evaluation.faithfulness, evaluation.foreground) = (faithfulness, foreground)
        return evaluation
    }

    @Test func nothingJudgedIsNothingSaid() {
        let plain = Self.analysis(nil)
        #expect(!plain.canonicalJSON.contains("evaluation"))
        #expect(plain.methodRevision == MethodStage.revision(of: MethodParameters()))
        #expect(plain.methodRevision < MethodStage.evaluation.revision)
        // Written out: handed out before there was such a key.
        #expect(plain.id == "58e9f394843b7826055e487c40aea1e6")
    }

    @Test func everyChoiceIsAnotherAnalysisAndComesBack() throws {
        var onlyForeground = MethodParameters.Evaluation()
        onlyForeground.foreground = true
        let analyses = [
            nil, onlyForeground, Self.evaluation(), Self.evaluation(foreground: true),
            Self.evaluation { $0.blur = 5 }, Self.evaluation { $0.insertionBlur = 31 },
            Self.evaluation { $0.metrics = [.insertion] }, Self.evaluation { $0.nulls.randomOrder = 3 },
            Self.evaluation { $0.nulls.randomRegions = 0 },
        ].map(Self.analysis)
        #expect(Set(analyses.map(\.id)).count == analyses.count)
        for analysis in analyses {
            let data = Data(analysis.canonicalJSON.utf8)
            #expect(try JSONDecoder().decode(Analysis.self, from: data) == analysis)
            #expect(
                (analysis.methodRevision == MethodStage.evaluation.revision) == (analysis.method.evaluation != nil))
        }
        #expect(
            analyses[3].canonicalJSON.contains(
                """
                "evaluation":{"faithfulness":{"blur":11,"insertion_blur":11,"metrics":["deletion","insertion","acc_drop",\
                "acc_inc"],"nulls":{"random_order":1,"random_regions":1}},"foreground":true}
                """))
    }

    @Test func passesAreCounted() {
        var method = MethodParameters()
        let plain = method.passesPerImage
        method.parts.by = [.kmeans]
        let one = method.passesPerImage
        method.evaluation = Self.evaluation {
            ($0.nulls.randomOrder, $0.nulls.randomRegions) = (0, 0)
        }
        #expect(method.passesPerImage == one + 2 * 5 + 1)
        method.evaluation = Self.evaluation(foreground: true)
        #expect(method.passesPerImage == one + 3 * 2 * 5 + 1 + 3)
        method.parts.by = [.pca, .kmeans]
        #expect(method.passesPerImage == plain + 2 * 3 * 2 * 5 + 1 + 3)
        method.foreground.crf = nil
        method.evaluation = Self.evaluation(foreground: true) { $0.metrics = [.deletion, .accDrop] }
        #expect(method.passesPerImage == plain + 2 * 3 * 5 + 2)
    }

    @Test(arguments: [
        (Self.evaluation { $0.blur = 10 }, "evaluation.faithfulness.blur", "10"),
        (Self.evaluation { $0.insertionBlur = 1 }, "evaluation.faithfulness.insertion_blur", "1"),
        (Self.evaluation { $0.metrics = [] }, "evaluation.faithfulness.metrics", "[]"),
        (Self.evaluation { $0.metrics = [.accInc, .accInc] }, "evaluation.faithfulness.metrics", "repetitions"),
        (Self.evaluation { $0.nulls.randomOrder = -1 }, "evaluation.faithfulness.nulls.random_order", "-1"),
        (Self.evaluation { $0.nulls.randomRegions = 101 }, "evaluation.faithfulness.nulls.random_regions", "101"),
    ])
    func whatCannotBeIsNamed(evaluation: MethodParameters.Evaluation, keyPath: String, value: String) throws {
        var method = MethodParameters()
        method.evaluation = evaluation
        let problem = try #require(method.rangeProblems.first)
        #expect(method.rangeProblems.count == 1 && problem.keyPath == keyPath)
        #expect(problem.sentence.contains(keyPath) && problem.sentence.contains(value), "\(problem.sentence)")
    }
}
