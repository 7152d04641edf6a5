import Inference

extension DeadLetterStore {
    /// Ids in order of those that were never sent again; those with a failure of `analysisID` when one is given.
    ///
    /// - Parameter after: the last id of the page before; nil to begin.
    public func neverRequeued(analysisID: String? = nil, after: String? = nil, limit: Int) throws -> [StoredDeadLetter]
    {
        try letters(
            connection.query(
                """
                \(Self.columns)
                WHERE d.requeued_at IS NULL AND d.dead_letter_id > $2 AND ($1::text IS NULL OR \(Self.ofAnalysis))
                ORDER BY d.dead_letter_id LIMIT $3
                """, [.text(analysisID), .text(after ?? ""), .int(Int32(clamping: limit))]))
    }

    /// Ids of a letter's failed images that have no result yet, in order.
    public func unresolved(_ letter: StoredDeadLetter) throws -> [Identifier] {
        let images = letter.failures.filter { !$0.imageID.isEmpty }
        let rows = try connection.query(
            """
            SELECT u.image_id FROM unnest($1::text[], $2::text[]) AS u (analysis_id, image_id)
            WHERE NOT EXISTS (SELECT FROM entente.image_results AS r
                WHERE r.analysis_id = u.analysis_id AND r.image_id = u.image_id)
            ORDER BY u.image_id COLLATE "C"
            """, [.texts(images.map(\.analysisID)), .identifiers(images.map(\.imageID))])
        return try (0..<rows.count).map { try rows.identifier($0, 0) }
    }

    /// After the broker has acknowledged them.
    public func markRequeued(_ ids: [String]) throws {
        guard !ids.isEmpty else { return }
        try connection.query(
            """
            UPDATE entente.dead_letters SET requeued_at = clock_timestamp(), requeue_count = requeue_count + 1
            WHERE dead_letter_id = ANY ($1::text[])
            """, [.texts(ids)])
    }
}
