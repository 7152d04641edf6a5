/// A line a figure and null, so that nothing has to be taken apart; shares between 0 and 1.
extension PaperTable {
    package static let csvHeader = [
        "table", "row", "column", "better", "value", "ci_lower", "ci_upper", "n", "null", "null_value", "null_ci_lower",
        "null_ci_upper", "difference", "difference_ci_lower", "difference_ci_upper", "p_value", "missing", "analysis",
    ]

    /// Under ``csvHeader``; of a table without rows the line that says what would give it one.
    package var csvRows: [[String?]] {
        func blanks(_ count: Int) -> [String?] { [String?](repeating: nil, count: count) }
        if rows.isEmpty { return [[String?](arrayLiteral: number) + blanks(15) + [absence, nil]] }
        return rows.flatMap { row in
            zip(row.cells, columns).flatMap { cell, column -> [[String?]] in
                let head: [String?] = [
                    number, row.labels.joined(separator: " | "), column.title, column.better?.rawValue,
                ]
                switch cell {
                case .missing(let reason):
                    return [head + blanks(12) + [reason, row.analysis]]
                case .figure(let figure):
                    let value: [String?] = [
                        "\(figure.value)", figure.low.map { "\($0)" }, figure.high.map { "\($0)" }, "\(figure.count)",
                    ]
                    let nulls = figure.nulls.map(Self.cells)
                    return (nulls.isEmpty ? [blanks(8)] : nulls).map { null -> [String?] in
                        head + value + null + [nil, row.analysis]
                    }
                }
            }
        }
    }

    private static func cells(_ null: PaperNull) -> [String?] {
        let numbers: [Double?] = [
            null.value, null.low, null.high, null.difference, null.differenceLow, null.differenceHigh, null.pValue,
        ]
        let cells: [String?] = numbers.map { number in number.map { "\($0)" } }
        return [null.name] + cells
    }
}
