/// Asks which results are in already, so that nobody computes what could change nothing.
public struct ResultLookup {
    private let connection: Connection

    public init(_ connection: Connection) { self.connection = connection }

    /// Mirrors the rule by which ``BatchWriter`` replaces a row: forced, and of an older submission. A submission that is
    /// not in the table yet will be the youngest.
    private static let standing = Statement(
        "entente_standing_results",
        """
        SELECT r.image_id, r.group_digest FROM entente.image_results AS r
        WHERE r.analysis_id = $1 AND r.image_id = ANY ($2) AND NOT ($3 AND (r.submission IS NULL OR r.submission <
            coalesce((SELECT s.sequence FROM entente.submissions AS s WHERE s.submission_id = $4),
                CASE WHEN $4 IS NULL THEN 0 ELSE 9223372036854775807 END)))
        """)

    private static let cancelled = Statement(
        "entente_is_cancelled",
        "SELECT EXISTS (SELECT FROM entente.submissions WHERE submission_id = $1 AND cancelled_at IS NOT NULL)")

    /// Whether a submission was called off: its jobs are not worth doing.
    public func isCancelled(submissionID: String) throws -> Bool {
        try connection.run(Self.cancelled, [.text(submissionID)]).bool(0, 0)
    }

    /// The images of a job whose results would stay as they are.
    ///
    /// - Returns: for each its group's digest, if it has one.
    public func standing(
        _ images: [String], analysisID: String, force: Bool, submissionID: String?
    ) throws -> [String: String?] {
        let rows = try connection.run(
            Self.standing, [.text(analysisID), .texts(images), .bool(force), .text(submissionID)])
        var found: [String: String?] = [:]
        for row in 0..<rows.count { try found.updateValue(rows.optionalText(row, 1), forKey: rows.text(row, 0)) }
        return found
    }
}
