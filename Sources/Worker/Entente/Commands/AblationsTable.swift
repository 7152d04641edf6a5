import Concepts
import Foundation
import Persistence

/// Ablations for a terminal: one line an analysis and part method.
struct AblationsTable {
    /// An analysis's figures with the choices that ablations are about.
    struct Row: Encodable {
        let analysis: String
        let features: String
        let foreground: String
        let transport: Bool
        let found: AblationLine

        init(_ analysis: String, _ method: MethodParameters, _ found: AblationLine) {
            self.analysis = analysis
            self.found = found
            features = method.features.rawValue
            foreground = method.foreground.by.rawValue
            transport = method.retrieval.transport != nil
        }
    }

    private var table = TextTable(
        .text("analysis"), .text("features"), .text("foreground"), .text("parts"), .text("transport"),
        .number("scored"), .number("CorLoc"), .number("95 %"), .number("anywhere"), .number("images"),
        .number("entropy"),
        .number("95 %"), .number("highest"))

    /// An analysis without results has a line that says so.
    mutating func add(_ name: String, _ rows: [Row]) {
        if rows.isEmpty { table.add(name, "no results yet", "", "", "", "", "", "", "", "", "", "", "") }
        for (place, row) in rows.enumerated() {
            let found = row.found
            table.add(
                place == 0 ? name : "", row.features, row.foreground, found.partMethod, row.transport ? "on" : "off",
                String(found.scored), shown(found.corloc?.value, percent), interval(found.corloc, percent),
                shown(found.corlocChance, percent), String(found.images), shown(found.entropy?.value, nats),
                interval(found.entropy, nats),
                shown(found.highestEntropy, nats))
        }
    }

    var text: String { table.text }

    private func shown(_ value: Double?, _ format: (Double) -> String) -> String { value.map(format) ?? "–" }

    private func interval(_ estimate: IntervalEstimate?, _ format: (Double) -> String) -> String {
        guard let low = estimate?.low, let high = estimate?.high else { return "–" }
        return "\(format(low)) – \(format(high))"
    }

    private func percent(_ share: Double) -> String { String(format: "%.1f %%", share * 100) }
    private func nats(_ value: Double) -> String { String(format: "%.3f", value) }
}
