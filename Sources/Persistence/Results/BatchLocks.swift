/// What a batch locks before it changes anything, so that writers never wait for each other crosswise whatever they have in
/// common: first the shards that it adds to, then the images that it has something of, each in the order of keys.
enum BatchLocks {
    /// First half of the advisory locks' key, so that other users of such locks are not in the way.
    private static let space: Int32 = 0x656e74

    /// A row that failed, or that is replaced, is taken out of the shard that has counted it.
    private static let shards = Statement(
        "entente_lock_shards",
        """
        SELECT pg_catalog.pg_advisory_xact_lock($1, s.shard)
        FROM (
            SELECT t.shard FROM unnest($2::integer[]) AS t (shard)
            UNION
            SELECT i.state_shard FROM unnest($3::text[], $4::text[]) AS u (analysis_id, image_id)
            CROSS JOIN LATERAL (
                SELECT i.state, i.state_shard FROM entente.images AS i
                WHERE i.analysis_id = u.analysis_id AND i.image_id = u.image_id LIMIT 1
            ) AS i
            WHERE i.state = 'failed'
            UNION
            SELECT r.shard FROM unnest($5::text[], $6::text[]) AS u (analysis_id, image_id)
            CROSS JOIN LATERAL (
                SELECT r.shard FROM entente.image_results AS r
                WHERE r.analysis_id = u.analysis_id AND r.image_id = u.image_id LIMIT 1
            ) AS r
        ) AS s
        ORDER BY s.shard
        """)

    /// In the order in which the triggers lock the images of one statement.
    private static let images = Statement(
        "entente_lock_images",
        """
        SELECT count(*) FROM (
            SELECT u.analysis_id, u.image_id FROM unnest($1::text[], $2::text[]) AS u (analysis_id, image_id)
            ORDER BY u.analysis_id COLLATE "C", u.image_id COLLATE "C"
        ) AS u
        CROSS JOIN LATERAL (
            SELECT FROM entente.images AS i WHERE i.analysis_id = u.analysis_id AND i.image_id = u.image_id
            LIMIT 1 FOR NO KEY UPDATE
        ) AS i
        """)

    /// - Parameters:
    ///   - shards: that the batch's own rows are counted in.
    ///   - images: of results and failures.
    ///   - forced: of results that may replace others.
    static func shards(_ shards: Set<Int>, of images: [ImageKey], forced: [ImageKey]) -> Call {
        Call(
            Self.shards,
            [.int(space), .ints(shards.sorted().map { Int32(clamping: $0) })] + parameters(images) + parameters(forced))
    }

    /// To be asked once they are all in the table.
    static func images(_ images: [ImageKey]) -> Call { Call(Self.images, parameters(images)) }

    private static func parameters(_ images: [ImageKey]) -> [Parameter] {
        [.texts(images.map(\.analysisID)), .identifiers(images.map(\.imageID))]
    }
}
