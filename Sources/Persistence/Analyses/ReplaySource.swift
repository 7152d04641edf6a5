import Inference

/// The images of an analysis as a replay sends them again, out of the tables alone.
public struct ReplaySource {
    /// An image and what it has to stay together with.
    public struct Image: Sendable, Hashable {
        /// As the analysis has it, with the hash of the bytes that it analysed where it got so far.
        public let reference: ImageReference
        /// Images in sequence with equal ones were decomposed together, or merely came in one group; nil: on its own.
        public let jointKey: [Identifier?]?
    }

    private let connection: Connection
    private let analysisID: String
    private let filter: String

    /// - Parameters:
    ///   - connection: used for nothing else between the beginning and the end of a snapshot.
    ///   - failedOnly: only images whose state is `failed`.
    ///   - wholeGroups: with `failedOnly`, those that belong together with a failed one as well, because a group is
    ///     decomposed as a whole or not at all.
    public init(_ connection: Connection, analysisID: String, failedOnly: Bool = false, wholeGroups: Bool = false) {
        self.connection = connection
        self.analysisID = analysisID
        filter =
            !failedOnly
            ? "true" : wholeGroups ? "m.state = 'failed' OR m.together AND m.has_failed" : "m.state = 'failed'"
    }

    /// Runs `body` with every pass over the images seeing the same ones.
    public func snapshot<R>(_ body: () throws -> R) throws -> R { try connection.snapshot(body) }

    /// Images that were decomposed together follow each other, those of a group likewise; else by id.
    ///
    /// A member without a result goes with its group's others if those were all decomposed together, and else with
    /// the other members without one: nobody knows which of several jobs it came in.
    public func forEach(_ body: (Image) throws -> Void) throws {
        let cursor = try Cursor(
            connection, name: "entente_replay", pageSize: 500,
            """
            SELECT m.image_id, m.uri, m.label, m.sha256, m.group_name, m.digest, m.together
            FROM (
                SELECT k.*, k.group_name IS NOT NULL OR k.digest IS NOT NULL AS together,
                    bool_or(k.state = 'failed') OVER (PARTITION BY k.group_name, k.digest) AS has_failed
                FROM (
                    SELECT i.image_id, i.uri, i.label, coalesce(r.sha256, i.sha256) AS sha256, i.group_name, i.state,
                        coalesce(r.group_digest, CASE
                            WHEN i.group_name IS NOT NULL
                                AND min(r.group_digest) OVER g = max(r.group_digest) OVER g
                            THEN min(r.group_digest) OVER g END) AS digest
                    FROM entente.images AS i LEFT JOIN entente.image_results AS r USING (analysis_id, image_id)
                    WHERE i.analysis_id = $1
                    WINDOW g AS (PARTITION BY i.group_name)
                ) AS k
            ) AS m
            WHERE \(filter)
            ORDER BY m.group_name NULLS FIRST, m.digest NULLS FIRST, m.image_id
            """, [.text(analysisID)])
        try cursor.forEachPage { rows in
            for row in 0..<rows.count {
                let reference = try ImageReference(
                    id: rows.identifier(row, 0), uri: rows.text(row, 1), label: rows.optionalIdentifier(row, 2),
                    sha256: rows.optionalText(row, 3), group: rows.optionalIdentifier(row, 4))
                let jointKey = try rows.bool(row, 6) ? [reference.group, rows.optionalIdentifier(row, 5)] : nil
                try body(Image(reference: reference, jointKey: jointKey))
            }
        }
    }

    /// What images are labelled with, each once.
    public func labels() throws -> [Identifier] {
        let rows = try connection.query(
            """
            SELECT DISTINCT label FROM entente.images WHERE analysis_id = $1 AND label IS NOT NULL ORDER BY label
            """, [.text(analysisID)])
        return try (0..<rows.count).map { try rows.identifier($0, 0) }
    }
}
