import Concepts
import Foundation
import Persistence

/// How a report's explanations hold: the metrics with their nulls, and what the foreground says by itself.
struct ReportJudgedTables {
    private let faithfulness: [FaithfulnessLine]
    private let foreground: [ForegroundLine]

    init(_ faithfulness: [FaithfulnessLine], _ foreground: [ForegroundLine]) {
        self.faithfulness = faithfulness
        self.foreground = foreground
    }

    /// Empty of an analysis that judges nothing.
    var html: String { (faithfulness.isEmpty ? "" : metrics) + (foreground.isEmpty ? "" : stages) }

    private var metrics: String {
        let rows = faithfulness.map { line in
            let nulls = [
                (line.randomOrder, line.overRandomOrder), (line.randomRegions, line.overRandomRegions),
            ].map { number($0.0, decimal) + number($0.1, signed) }
            return
                "<tr><td>\(text(line.partMethod))</td><td>\(text(line.metric)) \(Self.isLowBetter(line.metric) ? "↓" : "↑")</td>"
                + "<td class=\"number\">\(line.images)</td>\(number(line.area, decimal))\(number(line.stepMean, decimal))"
                + "\(nulls.joined())</tr>"
        }
        return table(
            "Judged",
            caption:
                "Mean areas at steps of 1 and a step, with 95 % intervals; beside them the same parts in random order, and "
                + "the parts elsewhere in the picture, with the mean difference to each. ↓ low is better, ↑ high",
            heads: ["parts", "metric"],
            numbers: ["images", "area", "a step", "random order", "difference", "random regions", "difference"],
            rows: rows)
    }

    private var stages: String {
        let rows = foreground.map { line in
            "<tr><td>\(text(line.stage))</td><td class=\"number\">\(line.labelled)</td>\(number(line.top1, percent))"
                + "\(number(line.wholeTop1, percent))\(number(line.lost, points))\(number(line.agreement, percent))"
                + "\(number(line.score, decimal))</tr>"
        }
        return table(
            "Foreground",
            caption: "What the model says with all but the foreground blurred, with 95 % intervals", heads: ["stage"],
            numbers: ["labelled", "top-1", "whole picture", "lost", "same class", "score"], rows: rows)
    }

    private static func isLowBetter(_ metric: String) -> Bool {
        MethodParameters.Faithfulness.Metric(rawValue: metric)?.isLowBetter ?? false
    }

    // MARK: - Pieces

    private func table(
        _ label: String, caption: String, heads: [String], numbers: [String], rows: [String]
    ) -> String {
        let cells = heads.map { "<th>\($0)</th>" } + numbers.map { "<th class=\"number\">\($0)</th>" }
        return """
            <div class="scroll" tabindex="0" role="region" aria-label="\(label)"><table><caption>\(text(caption))</caption>
            <thead><tr>\(cells.joined())</tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table></div>
            """
    }

    private func number(_ estimate: IntervalEstimate?, _ format: (Double) -> String) -> String {
        guard let estimate else { return "<td class=\"number\">–</td>" }
        let interval = estimate.low.flatMap { low in
            estimate.high.map { " <span class=\"quiet\">(\(format(low)) – \(format($0)))</span>" }
        }
        return "<td class=\"number\">\(format(estimate.value))\(interval ?? "")</td>"
    }

    private func text(_ content: String) -> String { Markup.escaped(content) }
    private func decimal(_ value: Double) -> String { String(format: "%.3f", value) }
    private func signed(_ value: Double) -> String { String(format: "%+.3f", value) }
    private func percent(_ share: Double) -> String { String(format: "%.1f %%", share * 100) }
    private func points(_ share: Double) -> String { String(format: "%+.1f", share * 100) }
}
