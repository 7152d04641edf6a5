import Concepts
import Foundation
import Reporting

/// The zoo's findings for a terminal, in the form of the paper's table and the questions behind it.
struct ZooTables {
    private let findings: ModelComparison

    init(_ findings: ModelComparison) { self.findings = findings }

    var text: String {
        var blocks = ["Zero-shot accuracy and agreement (nats); [ ] is the 95 % interval from resampling classes"]
        for estimator in ModelComparison.estimators {
            blocks.append("\(estimator.name) estimator\n" + indented(agreement(estimator.of)))
        }
        blocks.append(
            "How much of the AUC descriptors that fit every class would give anyway: mean over shuffled classes (p of "
                + "reaching the AUC)\n" + indented(null()))
        blocks.append(
            "Does more agreement go with more accuracy? Over \(findings.models.count) models; p by permuting them\n"
                + indented(relations()))
        blocks.append("Against what the generator knows of its pictures\n" + indented(truth()))
        return blocks.joined(separator: "\n\n")
    }

    private func agreement(_ estimator: (DatasetStatistics) -> DatasetStatistics.Estimator) -> String {
        // The one that needs them has its decimals: membership information is a thousandth of the released.
        let largest =
            findings.models.flatMap { $0.partMethods.values.map { estimator($0).mi.value } }.max() ?? 1
        let decimals = largest < 1 ? 4 : 2
        func number(_ value: Double) -> String { String(format: "%.\(decimals)f", value) }
        func spread(_ estimate: DatasetStatistics.Estimate) -> String {
            "\(number(estimate.value)) [\(number(estimate.lower)), \(number(estimate.upper))]"
        }
        let methods = findings.methods
        var table = TextTable(
            [.text("model"), .text("top-1")] + methods.map { .number("MI \($0)") } + methods.map { .text("AUC \($0)") })
        for model in findings.models {
            let figures = methods.map { method in model.partMethods[method].map(estimator) }
            table.add(
                [model.name, accuracy(model)] + figures.map { $0.map { number($0.mi.value) } ?? "–" }
                    + figures.map { $0.map { spread($0.auc) } ?? "–" })
        }
        return table.text
    }

    private func accuracy(_ model: ModelComparison.Model) -> String {
        guard let top1 = model.top1 else { return "–" }
        return String(format: "%.1f %% [%.1f, %.1f]", top1.value * 100, top1.lower * 100, top1.upper * 100)
    }

    private func null() -> String {
        let methods = findings.methods
        var table = TextTable(
            [.text("model")]
                + ModelComparison.estimators.flatMap { estimator in methods.map { .text("\(estimator.name) \($0)") } })
        for model in findings.models {
            let cells = ModelComparison.estimators.flatMap { estimator in
                methods.map { method -> String in
                    guard let found = model.partMethods[method].map(estimator.of), let null = found.null else {
                        return "–"
                    }
                    let share =
                        found.auc.value > 0 ? String(format: "%.0f %%", 100 * null.auc.mean / found.auc.value) : "–"
                    return "\(share) (\(String(format: "%.3f", null.auc.pValue)))"
                }
            }
            table.add([model.name] + cells)
        }
        return table.text
    }

    private func relations() -> String {
        var table = TextTable(
            .text("estimator"), .text("parts"), .text("figure"), .number("Pearson"), .number("Spearman"), .number("p"))
        func number(_ value: Double?, _ format: String) -> String {
            value.map { String(format: format, $0) } ?? "–"
        }
        for relation in findings.relations {
            table.add(
                relation.estimator, relation.partMethod, relation.figure,
                number(relation.correlation.pearson, "%+.2f"), number(relation.correlation.spearman, "%+.2f"),
                number(relation.correlation.pValue, "%.4f"))
        }
        return table.text
    }

    private func truth() -> String {
        var table = GroundTruthTable()
        for model in findings.models { table.add(model.name, model.groundTruth) }
        return table.text
    }

    private func indented(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }.joined(separator: "\n")
    }
}
