import Concepts

extension AnalysisStore {
    /// - Throws: ``PersistenceError`` of code `not_found`.
    public func details(_ id: String) throws -> AnalysisDetails {
        let rows = try connection.query(
            """
            SELECT a.name, to_char(a.registered_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), a.canonical_json,
                a.setting_digest, ARRAY(SELECT n.name FROM entente.analysis_names AS n
                    WHERE n.analysis_id = a.analysis_id ORDER BY n.named_at DESC),
                (SELECT count(*) FROM entente.submissions AS s WHERE s.analysis_id = a.analysis_id),
                p.expected, p.done, p.failed, p.pending
            FROM entente.analyses AS a JOIN entente.analysis_progress AS p USING (analysis_id)
            WHERE a.analysis_id = $1
            """, [.text(id)])
        guard rows.count > 0 else { throw PersistenceError(.notFound, "no analysis has the id \(id)") }
        return try AnalysisDetails(
            id: id, name: rows.text(0, 0), names: rows.texts(0, 4), registeredAt: rows.text(0, 1),
            canonicalJSON: rows.text(0, 2), settingDigest: rows.text(0, 3),
            progress: AnalysisProgress(rows, 0, from: 6), submissions: Int(rows.bigint(0, 5)))
    }

    /// The classes of an analysis, whichever build registered it.
    public func classes(_ id: String) throws -> [Analysis.Class] {
        let rows = try connection.query(
            "SELECT class_id, name FROM entente.classes WHERE analysis_id = $1 ORDER BY class_index", [.text(id)])
        return try (0..<rows.count).map { try .init(id: rows.identifier($0, 0), name: rows.text($0, 1)) }
    }
}
