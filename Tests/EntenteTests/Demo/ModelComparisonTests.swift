import Concepts
import Testing

@testable import Entente
@testable import Reporting

@Suite struct ModelComparisonTests {
    /// Five images of two classes under a made-up model: `hits` of them right, curves `scale` high.
    private func model(_ name: String, hits: Int, scale: Int64) throws -> ModelComparison.Model {
        var accumulator = DatasetAccumulator(
            languageLists: [[0, 1], [2, 3]], bankSize: 8, predictedClasses: [0, 1], shuffles: 9, seed: 0)
        for image in 0..<6 {
            let label = image % 2
            let predicted = image < hits ? label : 1 - label
            let dynamics = Agreement.Dynamics(
                curve: [2, 1, 0].map { NanoNats(count: $0 * scale) }, auc: NanoNats(count: scale))
            accumulator.add(
                DatasetImage(
                    label: label, predicted: predicted, languageClass: predicted, vision: [2 * predicted, 5],
                    released: dynamics, membership: dynamics))
        }
        return ModelComparison.Model(
            name: name, analysis: name,
            partMethods: ["kmeans": try #require(accumulator.statistics(resamples: 20, seed: 1))], groundTruth: [],
            predictions: nil)
    }

    @Test func modelsAreOrderedAndRelated() throws {
        let findings = ModelComparison(models: [
            try model("best", hits: 6, scale: 5_000_000), try model("worst", hits: 1, scale: 1_000_000),
            try model("middle", hits: 4, scale: 2_000_000),
        ])
        #expect(findings.models.map(\.name) == ["worst", "middle", "best"])
        #expect(findings.methods == ["kmeans"])
        let relation = try #require(findings.relation("kmeans", "released", "AUC"))
        #expect(relation.count == 3 && relation.spearman == 1)
        #expect(try #require(relation.pearson) > 0.8)
        // One part method, two estimators, three figures.
        #expect(findings.relations.count == 6)
    }

    @Test func tablesAndChartsNameEveryModel() throws {
        let findings = ModelComparison(models: [
            try model("one", hits: 5, scale: 3_000_000), try model("two", hits: 2, scale: 1_000_000),
        ])
        let text = ZooTables(findings).text
        #expect(text.contains("83.3 %") && text.contains("33.3 %"))
        let charts = AgreementCharts(findings)
        for drawing in [text, charts.accuracyOverAUC(), charts.dynamics({ $0.released }, named: "released")] {
            #expect(drawing.contains("one") && drawing.contains("two"))
        }
    }
}
