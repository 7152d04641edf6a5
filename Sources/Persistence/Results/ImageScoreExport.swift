/// Every row of `image_scores` of one analysis, by image and part method, from one moment and a page at a time.
public struct ImageScoreExport {
    /// The view's columns, in this order.
    public static let columns = [
        "analysis_id", "image_id", "part_method", "label", "predicted", "similarity", "hit_at_1", "hit_at_5",
        "vision_count", "language_count", "overlap", "mi_released", "auc_released", "mi_membership", "auc_membership",
        "nmi_max", "ami", "p_value", "flags", "group_name", "submission_id", "worker", "kernel_set", "written_at",
        "mean_relevance",
    ]

    private let connection: Connection
    private let analysisID: String

    /// - Parameter connection: used for nothing else until an export is through.
    public init(_ connection: Connection, analysisID: String) {
        self.connection = connection
        self.analysisID = analysisID
    }

    private func select(_ columns: String) -> String {
        """
        SELECT \(columns) FROM (
            SELECT \(Self.columns.filter { $0 != "written_at" }.joined(separator: ", ")),
                to_char(written_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS written_at
            FROM entente.image_scores WHERE analysis_id = $1
        ) AS s ORDER BY image_id, part_method
        """
    }

    /// One cell a column; nil is undefined, flags are separated by spaces, numbers are the shortest that read back as
    /// the same.
    public func forEachRow(_ body: ([String?]) throws -> Void) throws {
        let cells = Self.columns.map { $0 == "flags" ? "array_to_string(flags, ' ')" : "\($0)::text" }
        try connection.snapshot {
            let cursor = try Cursor(
                connection, name: "entente_scores", select(cells.joined(separator: ", ")), [.text(analysisID)])
            try cursor.forEachPage { rows in
                for row in 0..<rows.count { try body(cells.indices.map { try rows.optionalText(row, $0) }) }
            }
        }
    }

    /// One JSON object a row, undefined values as `null`, on one line.
    public func forEachObject(_ body: (String) throws -> Void) throws {
        try connection.snapshot {
            let cursor = try Cursor(
                connection, name: "entente_scores", select("row_to_json(s)::text"), [.text(analysisID)])
            try cursor.forEachPage { rows in
                for row in 0..<rows.count { try body(rows.text(row, 0)) }
            }
        }
    }
}
