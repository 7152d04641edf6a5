import Concepts
import Foundation

/// A dataset's statistics under one part method, for a terminal.
struct StatisticsTable {
    private let statistics: DatasetStatistics
    private let method: String

    init(_ statistics: DatasetStatistics, method: String) {
        self.statistics = statistics
        self.method = method
    }

    var text: String {
        var lines = ["\(method) parts, \(statistics.images) images of \(statistics.classes) classes"]
        if let top1 = statistics.top1 {
            lines.append(
                "  top-1 \(percent(top1.value))  [\(percent(top1.lower)), \(percent(top1.upper))]"
                    + (statistics.labelled == statistics.images ? "" : " over \(statistics.labelled) labelled"))
        }
        lines.append("")
        lines.append("  " + row("estimator", "figure", "nats", "95 % interval", "by chance", "p"))
        lines += figures("released", statistics.released, decimals: 4)
        lines += figures("membership", statistics.membership, decimals: 6)
        return lines.joined(separator: "\n") + "\n"
    }

    private func figures(_ name: String, _ found: DatasetStatistics.Estimator, decimals: Int) -> [String] {
        func line(_ figure: String, _ estimate: DatasetStatistics.Estimate, _ null: ClassShuffleNull.Distribution?)
            -> String
        {
            func number(_ value: Double) -> String { String(format: "%.\(decimals)f", value) }
            return "  "
                + row(
                    name, figure, number(estimate.value), "[\(number(estimate.lower)), \(number(estimate.upper))]",
                    null.map { number($0.mean) } ?? "", null.map { String(format: "%.3g", $0.pValue) } ?? "")
        }
        return [
            line("MI", found.mi, found.null?.mi), line("AUC, mean", found.auc, found.null?.auc),
            line("AUC, padded", found.aucPadded, nil),
        ]
    }

    private func row(_ cells: String...) -> String {
        zip(cells, [11, 12, 9, 22, 10, 6]).map { cell, width in
            cell + String(repeating: " ", count: max(width - cell.count, 0))
        }.joined(separator: " ").replacing(/\s+$/, with: "")
    }

    private func percent(_ share: Double) -> String { String(format: "%.1f %%", share * 100) }
}
