import Persistence

/// What workers found, as text that shows every bit: floats in their shortest exact form, bytes in hex.
struct StoredRows: Equatable {
    /// By table and key.
    let rows: [String: String]

    /// Columns that say who computed a row, when and on whose behalf, and not what was found.
    private static let circumstances =
        "{worker,fetch_microseconds,decode_microseconds,encode_microseconds,concepts_microseconds,shard,submission,"
        + "written_at}"

    /// - Parameter whole: every column, to see whether a row was touched at all.
    init(_ connection: Connection, whole: Bool = false) throws {
        // All columns but the named ones, so that one that is added later is compared too.
        let left = whole ? "{}" : Self.circumstances
        let found = try connection.query(
            """
            SELECT 'image ' || image_id, (to_jsonb(r) - '\(left)'::text[])::text FROM entente.image_results AS r
            UNION ALL
            SELECT 'part ' || image_id || ' ' || part_method, (to_jsonb(r) - '\(left)'::text[])::text
            FROM entente.part_results AS r
            UNION ALL
            SELECT 'class ' || class_index || ' ' || rank, to_jsonb(r)::text
            FROM entente.class_language_concepts AS r
            UNION ALL
            SELECT 'summary ' || part_method || ' ' || estimator, to_jsonb(r)::text
            FROM entente.analysis_summary AS r
            """)
        var rows: [String: String] = [:]
        for row in 0..<found.count { rows[try found.text(row, 0)] = try found.text(row, 1) }
        self.rows = rows
    }

    /// Keys of rows that are not the same in both.
    func differences(from other: StoredRows) -> [String] {
        Set(rows.keys).union(other.rows.keys).filter { rows[$0] != other.rows[$0] }.sorted()
    }

    /// How many keys begin so.
    func count(_ table: String) -> Int { rows.keys.count { $0.hasPrefix(table + " ") } }
}
