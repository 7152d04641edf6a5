import Concepts
import Foundation

/// Findings as drawings: the MI dynamics of every model, and accuracy over AUC.
package struct AgreementCharts {
    private let findings: ModelComparison

    package init(_ findings: ModelComparison) { self.findings = findings }

    /// Mean curves of one estimator, one panel a part method.
    package func dynamics(_ estimator: (DatasetStatistics) -> DatasetStatistics.Estimator, named name: String) -> String
    {
        // The most accurate first, so that the legend is in the order of the curves' colours.
        let models = findings.models.reversed()
        return LineChart(
            panels: findings.methods.map { method in
                LineChart.Panel(
                    title: "\(method) parts", subtitle: "\(name) estimator, mean over all pictures",
                    curves: models.compactMap { model in
                        model.partMethods[method].map { .init(name: label(model), values: estimator($0).curve) }
                    })
            },
            xLabel: "vision concepts removed, most relevant first", yLabel: "mutual information (nats)",
            description: "Mean mutual information of \(models.count) models while vision concepts are removed"
        ).svg
    }

    /// Part methods in rows, estimators in columns.
    package func accuracyOverAUC() -> String {
        ScatterChart(
            panels: findings.methods.flatMap { method in
                ModelComparison.estimators.map { estimator in panel(method, estimator.name, estimator.of) }
            },
            columns: ModelComparison.estimators.count, yLabel: "zero-shot top-1 (%)",
            description:
                "Zero-shot accuracy of \(findings.models.count) models over their AUC, by part method and estimator"
        ).svg
    }

    private func panel(
        _ method: String, _ name: String, _ estimator: (DatasetStatistics) -> DatasetStatistics.Estimator
    ) -> ScatterChart.Panel {
        let relation = findings.relation(method, name, "AUC")
        func signed(_ value: Double?) -> String { value.map { String(format: "%+.2f", $0) } ?? "–" }
        return ScatterChart.Panel(
            title: "\(method) parts, \(name) estimator",
            subtitle: "Pearson \(signed(relation?.pearson)), Spearman \(signed(relation?.spearman)), "
                + "\(findings.models.count) models",
            xLabel: "AUC (nats)",
            points: findings.models.compactMap { model in
                guard let found = model.partMethods[method], let top1 = found.top1 else { return nil }
                return ScatterChart.Point(
                    name: model.name, x: spread(estimator(found).auc, 1), y: spread(top1, 100))
            })
    }

    private func spread(_ estimate: DatasetStatistics.Estimate, _ factor: Double) -> ScatterChart.Spread {
        .init(value: factor * estimate.value, lower: factor * estimate.lower, upper: factor * estimate.upper)
    }

    private func label(_ model: ModelComparison.Model) -> String {
        model.top1.map { "\(model.name), \(String(format: "%.0f %%", 100 * $0.value))" } ?? model.name
    }
}
