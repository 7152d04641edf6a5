import Foundation
import Persistence

/// The classes of a report, a table that can be sorted by any column.
struct ReportClassTable {
    private let classes: [ClassLine]

    init(_ classes: [ClassLine]) { self.classes = classes }

    /// Empty without labelled images.
    var html: String {
        guard !classes.isEmpty else { return "" }
        let heads = [
            ("class", ""), ("images", "number"), ("top-1", "number"), ("MI", "number"), ("AUC", "number"),
            ("seen", "number"), ("both", "number"),
        ].map { "<th scope=\"col\" class=\"\($0.1)\"><button type=\"button\">\($0.0)</button></th>" }
        let rows = classes.map { line in
            "<tr><td>\(Markup.escaped(line.name))</td>\(number(Double(line.images), "%.0f"))"
                + "\(number(line.top1.map { 100 * $0 }, "%.1f %%"))\(number(line.mi, "%.2f"))\(number(line.auc, "%.2f"))"
                + "\(number(line.visionConcepts, "%.1f"))\(number(line.mutualConcepts, "%.1f"))"
                + "<td class=\"concepts\">\(Markup.escaped(line.concepts.joined(separator: ", ")))</td></tr>"
        }
        return """
            <div class="scroll" tabindex="0" role="region" aria-label="Classes">
            <table id="class-table"><caption>Labelled images by their class; MI and AUC in nats, released estimator; seen and both: \
            concepts an image. A column's head sorts by it.</caption>
            <thead><tr>\(heads.joined())<th scope="col">most frequent mutual concepts</th></tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table></div>
            """
    }

    private func number(_ value: Double?, _ format: String) -> String {
        "<td class=\"number\" data-value=\"\(value.map { "\($0)" } ?? "")\">"
            + "\(value.map { String(format: format, $0) } ?? "–")</td>"
    }
}
