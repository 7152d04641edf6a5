import Concepts
import Foundation

/// A dataset's statistics of predictions alone, for a terminal.
struct PredictionTable {
    private let statistics: ZeroShotStatistics

    init(_ statistics: ZeroShotStatistics) { self.statistics = statistics }

    var text: String {
        var lines = ["predictions alone, \(statistics.images) images of \(statistics.classes) classes"]
        for (name, estimate) in [("top-1", statistics.top1), ("top-5", statistics.top5)] {
            guard let estimate else { continue }
            lines.append(
                "  \(name) \(percent(estimate.value))  [\(percent(estimate.lower)), \(percent(estimate.upper))]"
                    + (statistics.labelled == statistics.images ? "" : " over \(statistics.labelled) labelled"))
        }
        if statistics.labelled == 0 { lines.append("  no image has a label, so there is no accuracy") }
        return lines.joined(separator: "\n") + "\n"
    }

    private func percent(_ share: Double) -> String { String(format: "%.1f %%", share * 100) }
}
