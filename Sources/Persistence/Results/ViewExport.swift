/// Rows of a view that belong to one analysis, from one moment and a page at a time.
struct ViewExport {
    let connection: Connection
    let analysisID: String
    /// Of the view's rows, which are called `v`; `$1` is the analysis.
    let rows: String
    let order: String
    /// Each column, and its text where that is not the value's own.
    let columns: [(name: String, cell: String?)]

    private func select(_ columns: String) -> String { "SELECT \(columns) FROM (\(rows)) AS v ORDER BY \(order)" }

    /// One cell a column; nil is undefined, numbers are the shortest that read back as the same.
    func forEachRow(_ body: ([String?]) throws -> Void) throws {
        let cells = columns.map { $0.cell ?? "\($0.name)::text" }
        try forEachPage(select(cells.joined(separator: ", "))) { rows in
            for row in 0..<rows.count { try body(cells.indices.map { try rows.optionalText(row, $0) }) }
        }
    }

    /// One JSON object a row, undefined values as `null`, on one line.
    func forEachObject(_ body: (String) throws -> Void) throws {
        try forEachPage(select("row_to_json(v)::text")) { rows in
            for row in 0..<rows.count { try body(rows.text(row, 0)) }
        }
    }

    private func forEachPage(_ sql: String, _ body: (Rows) throws -> Void) throws {
        try connection.snapshot {
            try Cursor(connection, name: "entente_export", sql, [.text(analysisID)]).forEachPage(body)
        }
    }
}
