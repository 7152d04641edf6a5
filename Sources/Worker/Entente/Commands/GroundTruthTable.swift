import Foundation
import Persistence

/// How analyses meet the ground truth, for a terminal: one line an analysis and part method.
struct GroundTruthTable {
    private var table = TextTable(
        .text("analysis"), .text("parts"), .number("images"), .number("CorLoc"), .number("anywhere"),
        .number("object IoU"),
        .number("purity"),
        .number("ARI"), .number("mutual true"), .number("seen true"), .number("by chance"))

    mutating func add(_ name: String, _ summaries: [GroundTruthSummary]) {
        for (place, row) in summaries.enumerated() {
            table.add(
                place == 0 ? name : "", row.partMethod, String(row.images), percent(row.corloc),
                percent(row.corlocChance),
                decimal(row.foregroundOverlap), decimal(row.purity), decimal(row.adjustedRandIndex),
                percent(row.mutualPrecision), percent(row.visionPrecision), percent(row.chancePrecision))
        }
    }

    var text: String { table.text }

    private func percent(_ share: Double?) -> String { share.map { String(format: "%.1f %%", $0 * 100) } ?? "–" }
    private func decimal(_ value: Double?) -> String { value.map { String(format: "%.2f", $0) } ?? "–" }
}
