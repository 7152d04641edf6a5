import Settings

/// Rows of cells in aligned columns, for a terminal.
struct TextTable {
    enum Column {
        case text(String)
        /// Aligned to the right.
        case number(String)

        var title: String {
            switch self {
            case .text(let title), .number(let title): title
            }
        }
    }

    private let columns: [Column]
    private var rows: [[String]] = []

    init(_ columns: [Column]) { self.columns = columns }

    init(_ columns: Column...) { self.columns = columns }

    /// - Parameter cells: one a column.
    mutating func add(_ cells: String...) { add(cells) }

    /// - Parameter cells: one a column.
    mutating func add(_ cells: [String]) {
        precondition(cells.count == columns.count, "\(cells.count) cells in a table of \(columns.count) columns")
        rows.append(cells.map(neutral))
    }

    var text: String {
        let lines = [columns.map(\.title)] + rows
        let widths = columns.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { cells in
            let padded = cells.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - cells[column].count)
                return if case .number = columns[column] { space + cells[column] } else { cells[column] + space }
            }
            return padded.joined(separator: "  ").replacing(/\s+$/, with: "")
        }.joined(separator: "\n")
    }
}

extension String {
    /// On one line and cut short, for a cell.
    func shortened(to length: Int) -> String {
        let line = replacing(/\s+/, with: " ")
        return line.count <= length ? line : line.prefix(length - 1) + "…"
    }
}
