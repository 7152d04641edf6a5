import Concepts
import Inference
import Persistence

/// Table A1: which features and which decomposition find the object.
enum FeaturesTable {
    private typealias Score = MethodParameters.Foreground.Score

    /// What is compared within a row.
    private struct Key: Hashable {
        let model: Analysis.ModelFingerprint
        let features: MethodParameters.Features
        let precision: Precision

        var label: String { features.rawValue + (precision == .fp32 ? "" : ", \(precision.rawValue)") }
    }

    static func read(_ analyses: [TabledAnalysis], _ connection: Connection) throws -> PaperTable {
        var keys: [Key] = []
        var found: [Key: [(analysis: TabledAnalysis, summary: GroundTruthSummary?)]] = [:]
        for analysis in analyses {
            let key = Key(
                model: analysis.content.model, features: analysis.content.method.features,
                precision: analysis.content.method.picturePrecision)
            if !keys.contains(key) { keys.append(key) }
            // The foreground is the same under every part method that groups its patches; heads have none.
            let summary = try GroundTruthSummary.read(analysisID: analysis.id, connection)
                .filter { PartMethod(key: $0.partMethod)?.needsTraining == false }
                .max { $0.images < $1.images }
            found[key, default: []].append((analysis, summary))
        }
        // The paper's two, and whatever else there is.
        let used = Set(analyses.map(\.content.method.foreground.by)).union([.svd, .pca])
        let scores = Score.allCases.filter(used.contains)
        let rows = keys.compactMap { key -> PaperRow? in
            guard let first = analyses.first(where: { $0.content.model == key.model }) else { return nil }
            return PaperRow(
                analysis: first.id, labels: [first.name, key.label],
                cells: scores.map { score in
                    cell((found[key] ?? []).filter { $0.analysis.content.method.foreground.by == score }, key, score)
                })
        }
        return PaperTable(
            number: "A1", title: "CorLoc by features and decomposition", labels: ["model of", "features"],
            columns: scores.map { PaperColumn($0.rawValue, .percent, better: .high) }, rows: rows,
            notes: ["Below each row what CorLoc would be of boxes of the same sizes anywhere in the picture."],
            absence: "Nothing yet: it takes an analysis with parts and results, scored by `entente ground-truth`.")
    }

    private static func cell(
        _ found: [(analysis: TabledAnalysis, summary: GroundTruthSummary?)], _ key: Key, _ score: Score
    ) -> PaperCell {
        // The one that was scored over most images; of equals the one that was registered first.
        guard let best = found.compactMap(\.summary).max(by: { $0.images < $1.images }) else {
            return .missing(
                found.isEmpty
                    ? "an analysis of this model with `features: \(key.features.rawValue)` and `foreground: {by: \(score.rawValue)}`, "
                        + "scored by `entente ground-truth`"
                    : "`entente ground-truth` has scored no image of this analysis")
        }
        let chance = best.corlocChance.map { [PaperNull("anywhere", value: $0)] } ?? []
        return .figure(
            PaperFigure(best.corloc, low: best.corlocLow, high: best.corlocHigh, count: best.images, nulls: chance))
    }
}
