import Foundation
import SwiftCSV
import Testing

@testable import Reporting

/// The paper's tables in each form, out of rows that are known.
@Suite struct PaperTableTests {
    private static let reason = "an analysis with `evaluation: {faithfulness: true}`"

    private func table(_ rows: [PaperRow], name: String = "Judged & \"found\"") -> PaperTable {
        PaperTable(
            number: "A9", title: name, labels: ["analysis", "parts"],
            columns: [
                PaperColumn("Deletion", .score, better: .low), PaperColumn("top-1", .percent, better: .high),
                PaperColumn("gain", .percent, isDifference: true),
            ], rows: rows, notes: ["Of images."], absence: "Nothing yet.")
    }

    private let rows = [
        PaperRow(
            analysis: "abc", labels: ["a_b <1>", "kmeans"],
            cells: [
                .figure(
                    PaperFigure(
                        -0.0004, low: -1.25, high: 2, count: 672,
                        nulls: [PaperNull("guessing", value: 0.5), PaperNull("shuffled", value: 2, pValue: 0.0012)])),
                .figure(PaperFigure(0.51637, count: 10, nulls: [PaperNull("shuffled", pValue: 1)])),
                .missing(Self.reason),
            ]),
        PaperRow(
            analysis: "def", labels: ["second", "pca"],
            cells: [
                .missing("labels"), .missing(Self.reason), .figure(PaperFigure(0, low: -0.013, high: 0.0202, count: 3)),
            ]),
    ]

    @Test func nullsStandBelowAndEmptyCellsSayWhatWouldFillThem() {
        let grid = PaperGrid(table(rows))
        #expect(grid.heads == ["analysis", "parts", "Deletion ↓", "top-1 ↑", "gain"] && grid.labels == 2)
        #expect(
            grid.lines.map(\.cells) == [
                ["a_b <1>", "kmeans", "−0.000 [−1.250, 2.000] n 672", "51.64 n 10", "– (a)"],
                ["  guessing", "", "0.500", "", ""], ["  shuffled", "", "2.000, p 0.0012", "p 1", ""],
                ["second", "pca", "– (b)", "– (a)", "±0.00 [−1.30, +2.02] n 3"],
            ])
        #expect(grid.lines.map(\.isNull) == [false, true, true, false])
        #expect(grid.notes == ["Of images.", "(a) \(Self.reason)", "(b) labels"])
        // What would give it a row, where there is none.
        #expect(PaperGrid(table([])).lines.isEmpty && PaperGrid(table([])).notes == ["Of images.", "Nothing yet."])
    }

    @Test func csvHasALineAFigureAndNull() throws {
        let lines = [PaperTable.csvHeader] + table(rows).csvRows + table([]).csvRows
        #expect(lines.allSatisfy { $0.count == PaperTable.csvHeader.count })
        let read = try CSV<Named>(string: lines.map { csvLine($0) }.joined(separator: "\n"), loadColumns: false).rows
        #expect(read.count == 8)
        #expect(read[0]["value"] == "-0.0004" && read[0]["null"] == "guessing" && read[0]["null_value"] == "0.5")
        #expect(read[1]["null"] == "shuffled" && read[1]["p_value"] == "0.0012" && read[1]["n"] == "672")
        #expect(read[0]["row"] == "a_b <1> | kmeans" && read[0]["better"] == "low" && read[0]["analysis"] == "abc")
        #expect(read[3]["missing"] == Self.reason && read[3]["value"] == "" && read[3]["column"] == "gain")
        #expect(read[7]["table"] == "A9" && read[7]["missing"] == "Nothing yet.")
    }

    @Test func nothingIsACommandToTeX() {
        let latex = table(rows, name: #"50 % of {a}\b^~$#"#).latex
        #expect(
            latex.contains(
                ##"\caption{Table A9. 50 \% of \{a\}\textbackslash{}b\textasciicircum{}\textasciitilde{}\$\#}"##))
        #expect(latex.contains(#"a\_b $<$1$>$ & kmeans & $-$0.000 [$-$1.250, 2.000] n 672 & 51.64 n 10 & -- (a) \\"#))
        #expect(
            latex.contains(#"Deletion $\downarrow$ & top-1 $\uparrow$"#) && latex.contains("\\begin{tabular}{llrrr}"))
        let bracket = table([PaperRow(analysis: "a", labels: ["[1pt] a[", "b"], cells: rows[1].cells)]).latex
        #expect(bracket.contains("\n{[}1pt] a[ & b & ") && !bracket.contains("\n["))
        // As many columns in every line.
        let body = latex.split(separator: "\n").filter { $0.hasSuffix(#"\\"#) }
        #expect(body.count == 5)
        #expect(Set(body.map { $0.split(separator: " & ", omittingEmptySubsequences: false).count }) == [5])
    }

    @Test func nothingIsMarkupInHTML() {
        let html = PaperTable.page([table(rows), table([])])
        #expect(
            html.contains("<td>a_b &lt;1&gt;</td>")
                && html.contains("<caption>Judged &amp; &quot;found&quot;</caption>"))
        #expect(!html.contains("<1>") && html.contains("<td class=\"number quiet\">2.000, p 0.0012</td>"))
        #expect(html.components(separatedBy: "<section").count == 3)
    }

    @Test func signsAreTrue() {
        let column = PaperColumn("gain", .percent, isDifference: true)
        #expect([0.5, -0.5, 0, -0.000_01].map(column.text) == ["+50.00", "−50.00", "±0.00", "±0.00"])
        #expect(PaperColumn("MI", .nats).text(-0.126) == "−0.13" && PaperColumn("x", .share).signed(2) == "+2.000")
    }
}
