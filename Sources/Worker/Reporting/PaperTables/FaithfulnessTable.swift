import Concepts
import Persistence

/// Table 1: what is left of the prediction, and of accuracy, while regions are taken away or put back, by whatever explains.
enum FaithfulnessTable {
    private typealias Metric = MethodParameters.Faithfulness.Metric

    private static let titles: [Metric: String] = [
        .deletion: "Deletion", .insertion: "Insertion", .accDrop: "AccDrop", .accInc: "AccInc",
    ]

    static func read(_ analyses: [TabledAnalysis], _ connection: Connection) throws -> PaperTable {
        var rows: [PaperRow] = []
        for analysis in analyses {
            let lines = try FaithfulnessLine.read(analysisID: analysis.id, connection)
            for method in Set(analysis.partMethods + lines.map(\.partMethod)).sorted() {
                let isTrained = PartMethod(key: method)?.needsTraining ?? true
                rows.append(
                    PaperRow(
                        analysis: analysis.id, labels: [analysis.name, method, isTrained ? "yes" : "no"],
                        cells: Metric.allCases.map { cell($0, method, lines, analysis) }))
            }
        }
        return PaperTable(
            number: "1", title: "Faithfulness of explanations: areas at steps of 1",
            labels: ["analysis", "explainer", "training required"],
            columns: Metric.allCases.map {
                PaperColumn(titles[$0] ?? $0.rawValue, .score, better: $0.isLowBetter ? .low : .high)
            },
            rows: rows,
            notes: [
                "Below each row the nulls: their area, and the mean of the explanation's area less theirs over the same images. "
                    + "Brackets are 95 % intervals, n images."
            ],
            absence: "Nothing yet: it takes an analysis with `evaluation: {faithfulness: true}` and results.")
    }

    private static func cell(
        _ metric: Metric, _ method: String, _ lines: [FaithfulnessLine], _ analysis: TabledAnalysis
    ) -> PaperCell {
        guard let line = lines.first(where: { $0.partMethod == method && $0.metric == metric.rawValue }) else {
            return .missing(reason(metric, hasOthers: lines.contains { $0.partMethod == method }, analysis))
        }
        let nulls = [
            ("random order", line.randomOrder, line.overRandomOrder),
            ("random regions", line.randomRegions, line.overRandomRegions),
        ].filter { $0.1 != nil }
        return .figure(
            PaperFigure(
                line.area, count: line.images, nulls: nulls.map { PaperNull($0.0, $0.1, difference: $0.2) }))
    }

    private static func reason(_ metric: Metric, hasOthers: Bool, _ analysis: TabledAnalysis) -> String {
        guard let faithfulness = analysis.content.method.evaluation?.faithfulness else {
            return "an analysis like this one with `evaluation: {faithfulness: true}`"
        }
        guard faithfulness.metrics.contains(metric) else {
            return "an analysis like this one with \(metric.rawValue) among `evaluation.faithfulness.metrics`"
        }
        if hasOthers { return TabledAnalysis.noLabels }
        return "this explainer gives no regions, so that there is nothing to take away"
    }
}
