import Foundation

/// A table as lines of words, the same for a terminal, LaTeX and HTML: below each row a line for each null.
package struct PaperGrid: Sendable {
    package struct Line: Sendable {
        package let isNull: Bool
        package let cells: [String]
    }

    package let heads: [String]
    /// How many of the columns say what a row is; the others are figures.
    package let labels: Int
    package let lines: [Line]
    /// What is to be known, and behind it what would fill each empty cell, by the letter that stands there.
    package let notes: [String]

    package init(_ table: PaperTable) {
        heads =
            table.labels
            + table.columns.map { column in
                column.title + (column.better.map { $0 == .low ? " ↓" : " ↑" } ?? "")
            }
        labels = table.labels.count
        var reasons: [String] = []
        var lines: [Line] = []
        for row in table.rows {
            let cells = zip(row.cells, table.columns).map { cell, column -> String in
                switch cell {
                case .figure(let figure): return Self.text(figure, column)
                case .missing(let reason):
                    if !reasons.contains(reason) { reasons.append(reason) }
                    return "– (\(Self.mark(reasons.firstIndex(of: reason) ?? 0)))"
                }
            }
            lines.append(Line(isNull: false, cells: row.labels + cells))
            lines += Self.nulls(row, table.columns)
        }
        self.lines = lines
        notes =
            table.notes + (table.rows.isEmpty ? [table.absence] : [])
            + reasons.enumerated().map { "(\(Self.mark($0.offset))) \($0.element)" }
    }

    /// One a name of a null that any of the row's figures has.
    private static func nulls(_ row: PaperRow, _ columns: [PaperColumn]) -> [Line] {
        let nulls = row.cells.map { cell -> [PaperNull] in
            if case .figure(let figure) = cell { figure.nulls } else { [] }
        }
        var names: [String] = []
        for null in nulls.joined() where !names.contains(null.name) { names.append(null.name) }
        return names.map { name in
            let cells = zip(nulls, columns).map { nulls, column in
                nulls.first { $0.name == name }.map { text($0, column) } ?? ""
            }
            let blanks = [String](repeating: "", count: max(row.labels.count - 1, 0))
            return Line(isNull: true, cells: ["  " + name] + blanks + cells)
        }
    }

    private static func text(_ figure: PaperFigure, _ column: PaperColumn) -> String {
        "\(column.text(figure.value))\(interval(figure.low, figure.high, column.text)) n \(figure.count)"
    }

    private static func text(_ null: PaperNull, _ column: PaperColumn) -> String {
        let pieces = [
            null.value.map(column.text),
            null.difference.map {
                "\(column.signed($0))\(interval(null.differenceLow, null.differenceHigh, column.signed))"
            },
            null.pValue.map { "p \(String(format: "%.2g", $0))" },
        ]
        return pieces.compactMap(\.self).joined(separator: ", ")
    }

    private static func interval(_ low: Double?, _ high: Double?, _ text: (Double) -> String) -> String {
        guard let low, let high else { return "" }
        return " [\(text(low)), \(text(high))]"
    }

    /// a … z, and numbers beyond.
    private static func mark(_ place: Int) -> String {
        place < 26 ? String(UnicodeScalar(UInt8(ascii: "a") + UInt8(place))) : String(place + 1)
    }
}
