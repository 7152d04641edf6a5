/// The outbox of the dead-letter topic: written with the offsets, published afterwards, at least once.
public struct DeadLetterStore {
    let connection: Connection

    public init(_ connection: Connection) { self.connection = connection }

    static let columns = """
        SELECT d.topic, d.partition, d.message_offset, d.message_timestamp, d.message_key, d.message_value,
            d.header_names, d.header_values, d.reason, d.published,
            to_char(d.written_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
            to_char(d.requeued_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), d.requeue_count,
            d.consumer_group, d.withheld
        FROM entente.dead_letters AS d
        """
    private static let unpublished = Statement(
        "entente_unpublished_letters",
        """
        \(columns) WHERE NOT d.published AND d.withheld IS NULL AND d.dead_letter_id <> ALL ($2::text[])
        ORDER BY d.written_at, d.dead_letter_id LIMIT $1
        """)
    private static let published = Statement(
        "entente_mark_published",
        """
        UPDATE entente.dead_letters SET published = true, published_at = now()
        WHERE dead_letter_id = ANY ($1::text[]) AND NOT published
        """)
    private static let withhold = Statement(
        "entente_withhold_letter",
        "UPDATE entente.dead_letters SET withheld = $2 WHERE dead_letter_id = $1 AND NOT published")
    /// Counted as far as anybody cares, so that it costs no more.
    private static let backlog = Statement(
        "entente_letter_backlog",
        """
        SELECT (SELECT count(*) FROM (
                SELECT FROM entente.dead_letters WHERE NOT published AND withheld IS NULL LIMIT 10000) AS d),
            coalesce((SELECT extract(epoch FROM clock_timestamp() - written_at)::double precision
                FROM entente.dead_letters WHERE NOT published AND withheld IS NULL
                ORDER BY written_at LIMIT 1), 0)
        """)
    /// Of the first key in a space of ours: there is one outbox.
    private static let take = Statement(
        "entente_take_outbox", "SELECT pg_catalog.pg_try_advisory_lock(6647414, 0)")
    private static let failures = Statement(
        "entente_letter_failures",
        """
        SELECT f.topic, f.partition, f.message_offset, f.analysis_id, f.image_id, f.kind, f.message, f.attempts,
            f.consumer_group
        FROM unnest($1::text[], $2::integer[], $3::bigint[], $4::text[])
            AS u (topic, partition, message_offset, consumer_group)
        CROSS JOIN LATERAL (
            SELECT f.* FROM entente.failed_images AS f
            WHERE f.topic = u.topic AND f.partition = u.partition AND f.message_offset = u.message_offset
                AND f.consumer_group = u.consumer_group
            -- No more: it only keeps this from becoming a join.
            LIMIT 1000000
        ) AS f
        ORDER BY f.topic, f.partition, f.message_offset, f.image_id
        """)

    /// `$1` has a failure in letter `d`.
    static let ofAnalysis = """
        EXISTS (SELECT FROM entente.failed_images AS f WHERE f.topic = d.topic AND f.partition = d.partition
            AND f.message_offset = d.message_offset AND f.consumer_group = d.consumer_group AND f.analysis_id = $1)
        """

    /// The oldest ones that are not on the topic yet, and may be.
    ///
    /// - Parameter besides: ids of those that are left out.
    public func unpublished(limit: Int, besides: [String] = []) throws -> [StoredDeadLetter] {
        try letters(connection.lookUp(Self.unpublished, [.int(Int32(clamping: limit)), .texts(besides)]))
    }

    /// Makes this session the one that publishes, until it ends; false while another one is. Once a session.
    public func takeOutbox() throws -> Bool { try connection.run(Self.take).bool(0, 0) }

    /// How many letters are not on the topic and may be, 10,000 at most, and for how many seconds the oldest of them.
    public func backlog() throws -> (count: Int, age: Double) {
        let rows = try connection.lookUp(Self.backlog)
        return (Int(try rows.bigint(0, 0)), try rows.double(0, 1))
    }

    /// Keeps a letter from being published, ever.
    ///
    /// - Parameter reason: one sentence.
    public func withhold(_ id: String, because reason: String) throws {
        try connection.run(Self.withhold, [.text(id), .text(StorableText.message(reason))])
    }

    /// After the broker has acknowledged them.
    public func markPublished(_ ids: [String]) throws {
        guard !ids.isEmpty else { return }
        try connection.run(Self.published, [.texts(ids)])
    }

    /// The latest ones, newest first; those with a failure of `analysisID` when one is given.
    public func list(analysisID: String? = nil, limit: Int = 1000) throws -> [StoredDeadLetter] {
        try letters(
            connection.query(
                """
                \(Self.columns)
                WHERE $1::text IS NULL OR \(Self.ofAnalysis)
                ORDER BY d.written_at DESC, d.dead_letter_id DESC LIMIT $2
                """, [.text(analysisID), .int(Int32(clamping: limit))]))
    }

    /// nil when there is none of that id.
    public func show(_ id: String) throws -> StoredDeadLetter? {
        guard !id.utf8.contains(0) else { return nil }
        return try letters(connection.query("\(Self.columns) WHERE d.dead_letter_id = $1", [.text(id)])).first
    }

    func letters(_ rows: Rows) throws -> [StoredDeadLetter] {
        let sources = try (0..<rows.count).map { row in
            try MessageSource(
                topic: rows.text(row, 0), partition: rows.int(row, 1), offset: rows.bigint(row, 2),
                group: rows.identifier(row, 13))
        }
        let failures = try failures(of: sources)
        return try sources.enumerated().map { row, source in
            let names = try rows.optionalByteStrings(row, 6)
            let values = try rows.optionalByteStrings(row, 7)
            let letter = try DeadLetter(
                source: source, timestamp: rows.optionalBigint(row, 3), key: rows.optionalBytes(row, 4),
                value: rows.optionalBytes(row, 5),
                headers: zip(names, values).map { .init(name: $0 ?? [], value: $1) }, reason: rows.text(row, 8))
            return try StoredDeadLetter(
                letter: letter, failures: failures[source] ?? [], isPublished: rows.bool(row, 9),
                writtenAt: rows.text(row, 10), requeuedAt: rows.optionalText(row, 11),
                requeueCount: Int(rows.int(row, 12)), withheld: rows.optionalText(row, 14))
        }
    }

    private func failures(of sources: [MessageSource]) throws -> [MessageSource: [StoredDeadLetter.Failure]] {
        guard !sources.isEmpty else { return [:] }
        let rows = try connection.lookUp(
            Self.failures,
            [
                .texts(sources.map(\.topic)), .ints(sources.map(\.partition)), .bigints(sources.map(\.offset)),
                .identifiers(sources.map(\.group)),
            ])
        var found: [MessageSource: [StoredDeadLetter.Failure]] = [:]
        for row in 0..<rows.count {
            let source = try MessageSource(
                topic: rows.text(row, 0), partition: rows.int(row, 1), offset: rows.bigint(row, 2),
                group: rows.identifier(row, 8))
            try found[source, default: []].append(
                .init(
                    analysisID: rows.text(row, 3), imageID: rows.identifier(row, 4), kind: rows.text(row, 5),
                    message: rows.text(row, 6), attempts: Int(rows.int(row, 7))))
        }
        return found
    }
}
