import Concepts
import Persistence

/// Table 3: mutual information of models beside their accuracy.
enum AgreementTable {
    private static let unfound = "no results under this part method; an analysis with it in `method.parts.by`"

    /// - Parameter known: figures that have been computed already, by analysis.
    static func read(
        _ analyses: [TabledAnalysis], _ connection: Connection, known: [String: ModelComparison.Model]
    ) throws -> PaperTable {
        let methods = Set(analyses.flatMap(\.partMethods)).sorted()
        let rows = try analyses.map { analysis in
            let model =
                try known[analysis.id]
                ?? ModelComparison.Model(named: analysis.name, analysis.content, id: analysis.id, connection)
            let figures:
                [(DatasetStatistics.Estimator) -> (DatasetStatistics.Estimate, ClassShuffleNull.Distribution?)] = [
                    { ($0.mi, $0.null?.mi) }, { ($0.auc, $0.null?.auc) },
                ]
            let top1 = model.top1.map {
                PaperFigure($0, count: analysis.accuracy.labelled, nulls: [analysis.guessing(1)])
            }
            return PaperRow(
                analysis: analysis.id, labels: [analysis.name],
                cells: [PaperCell(top1, else: TabledAnalysis.noLabels)]
                    + figures.flatMap { figure in
                        methods.map { method in
                            PaperCell(
                                model.partMethods[method].map { found in
                                    let (estimate, null) = figure(found.released)
                                    return PaperFigure(
                                        estimate, count: found.images,
                                        nulls: null.map {
                                            [PaperNull("shuffled classes", value: $0.mean, pValue: $0.pValue)]
                                        } ?? [])
                                }, else: unfound)
                        }
                    })
        }
        return PaperTable(
            number: "3", title: "Accuracy and mutual information (released estimator, nats)", labels: ["analysis"],
            columns: [PaperColumn("top-1", .percent, better: .high)]
                + ["MI", "AUC"].flatMap { name in methods.map { PaperColumn("\(name) \($0)", .nats, better: .high) } },
            rows: rows,
            notes: ["Intervals by resampling classes. `entente statistics` has the estimator `membership` too."],
            absence: "Nothing yet: it takes an analysis with parts and results.")
    }
}
