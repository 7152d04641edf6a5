extension SubmissionStore {
    /// The latest submissions, newest first; of one analysis when one is given.
    public func list(analysisID: String? = nil, limit: Int = 1000) throws -> [SubmissionEntry] {
        let rows = try connection.query(
            """
            SELECT s.submission_id, s.analysis_id, a.name, s.kind, s.force, s.replayed_from, s.images,
                (SELECT count(*) FROM entente.images AS i WHERE i.submission = s.sequence AND i.state = 'pending'),
                s.jobs, s.jobs_produced,
                to_char(s.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                CASE WHEN s.cancelled_at IS NOT NULL THEN 'cancelled' WHEN s.kind = 'foreign' THEN 'foreign'
                    WHEN s.finished_at IS NULL THEN 'unfinished' ELSE 'sent' END
            FROM entente.submissions AS s JOIN entente.analyses AS a USING (analysis_id)
            WHERE $1::text IS NULL OR s.analysis_id = $1
            ORDER BY s.sequence DESC LIMIT $2
            """, [.text(analysisID), .int(Int32(clamping: limit))])
        return try (0..<rows.count).map { row in
            let state = try rows.text(row, 11)
            return try SubmissionEntry(
                id: rows.text(row, 0), analysisID: rows.text(row, 1), analysisName: rows.text(row, 2),
                kind: rows.text(row, 3), force: rows.bool(row, 4), replayedFrom: rows.optionalText(row, 5),
                images: Int(rows.bigint(row, 6)), pending: Int(rows.bigint(row, 7)), jobs: Int(rows.bigint(row, 8)),
                jobsProduced: Int(rows.bigint(row, 9)), createdAt: rows.text(row, 10),
                state: .init(rawValue: state) ?? .unfinished)
        }
    }

    /// Calls a submission off: its pending images are no longer expected. Again: for those announced since.
    ///
    /// - Returns: how many images were taken out.
    /// - Throws: ``PersistenceError`` of code `not_found`.
    public func cancel(_ id: String) throws -> Int {
        try StorableText.check(id, "the submission's id")
        let rows = try connection.query("SELECT entente.cancel_submission($1)", [.text(id)])
        guard let count = try rows.optionalBigint(0, 0) else {
            throw PersistenceError(
                .notFound, "no submission has the id \(id); `entente submissions list` shows those there are")
        }
        return Int(count)
    }
}
