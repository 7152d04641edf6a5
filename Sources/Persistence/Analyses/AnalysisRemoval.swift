/// Removes an analysis and everything that was found under it, a batch a transaction and through the triggers: at every
/// committed moment the roll-ups are those of what is left, and a removal that was broken off goes on where it was.
///
/// Text embeddings stay: they belong to the texts and may be other analyses' too.
public struct AnalysisRemoval {
    private let connection: Connection
    private let analysisID: String

    /// - Parameter connection: of the schema's owner; a worker may not delete.
    public init(_ connection: Connection, analysisID: String) {
        self.connection = connection
        self.analysisID = analysisID
    }

    /// What speaks against it for now.
    public struct Obstacles: Sendable, Hashable {
        public let unfinishedSubmissions: Int
        public let pendingImages: Int
    }

    /// Submissions that are still being sent, and images that workers may be at.
    public func obstacles() throws -> Obstacles {
        let rows = try connection.query(
            """
            SELECT (SELECT count(*) FROM entente.submissions AS s WHERE s.analysis_id = $1 AND s.kind <> 'foreign'
                AND s.finished_at IS NULL AND s.cancelled_at IS NULL), p.pending
            FROM entente.analysis_progress AS p WHERE p.analysis_id = $1
            """, [.text(analysisID)])
        guard rows.count > 0 else { throw PersistenceError(.notFound, "no analysis has the id \(analysisID)") }
        return try Obstacles(unfinishedSubmissions: Int(rows.bigint(0, 0)), pendingImages: Int(rows.bigint(0, 1)))
    }

    /// - Throws: ``PersistenceError`` with SQLSTATE 42501 that says who may.
    public func checkRights() throws {
        let rows = try connection.query(
            """
            SELECT bool_and(has_table_privilege(c.oid, 'DELETE')), pg_get_userbyid(min(n.nspowner::bigint)::oid)::text,
                current_user::text
            FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE n.nspname = 'entente' AND c.relkind = 'r'
            """)
        guard try rows.bool(0, 0) else {
            throw PersistenceError(
                .server,
                "\(try rows.text(0, 2)) may not delete rows of the schema entente; set ENTENTE_POSTGRES_URI to a user "
                    + "who is or belongs to \(try rows.text(0, 1)), its owner", sqlState: "42501")
        }
    }

    /// - Parameters:
    ///   - batchSize: images a transaction.
    ///   - progress: told how many images are gone after each of them.
    /// - Returns: images removed by this call.
    @discardableResult
    public func run(batchSize: Int, progress: (Int) throws -> Void = { _ in }) throws -> Int {
        try checkRights()
        while try removeDeadLetters(batchSize) > 0 {}
        var removed = 0
        while true {
            let count = try retryingDeadlocks { try removeImages(batchSize) }
            guard count > 0 else { break }
            removed += count
            try progress(removed)
        }
        while try removeFailures(batchSize) > 0 {}
        return removed + (try retryingDeadlocks(removeAnalysis))
    }

    /// A worker that still writes results of this analysis takes the roll-ups' rows in another order.
    private func retryingDeadlocks<R>(_ body: () throws -> R) throws -> R {
        for _ in 0..<10 {
            do { return try body() } catch let error as PersistenceError where error.sqlState == "40P01" {}
        }
        return try body()
    }

    /// Parts before their images: a cascade would be one statement an image, each with its triggers.
    private static let tables = ["judged_results", "part_results", "image_results", "failed_images", "images"]

    /// Letters that speak of this analysis alone.
    private func removeDeadLetters(_ limit: Int) throws -> Int {
        try connection.query(
            """
            DELETE FROM entente.dead_letters WHERE dead_letter_id IN (
                SELECT d.dead_letter_id FROM entente.dead_letters AS d
                WHERE EXISTS (SELECT FROM entente.failed_images AS f WHERE f.topic = d.topic
                        AND f.partition = d.partition AND f.message_offset = d.message_offset
                        AND f.consumer_group = d.consumer_group AND f.analysis_id = $1)
                    AND NOT EXISTS (SELECT FROM entente.failed_images AS f WHERE f.topic = d.topic
                        AND f.partition = d.partition AND f.message_offset = d.message_offset
                        AND f.consumer_group = d.consumer_group AND f.analysis_id <> $1)
                LIMIT $2)
            """, [.text(analysisID), .int(Int32(clamping: limit))]
        ).affected
    }

    private func removeImages(_ limit: Int) throws -> Int {
        try connection.transaction {
            let rows = try connection.query(
                "SELECT image_id FROM entente.images WHERE analysis_id = $1 ORDER BY image_id LIMIT $2 FOR UPDATE",
                [.text(analysisID), .int(Int32(clamping: limit))])
            guard rows.count > 0 else { return 0 }
            let ids = try (0..<rows.count).map { try rows.text($0, 0) }
            for table in Self.tables {
                try connection.query(
                    "DELETE FROM entente.\(table) WHERE analysis_id = $1 AND image_id = ANY ($2::text[])",
                    [.text(analysisID), .texts(ids)])
            }
            return ids.count
        }
    }

    /// Failures of whole jobs, and of images that nobody announced.
    private func removeFailures(_ limit: Int) throws -> Int {
        try connection.query(
            """
            DELETE FROM entente.failed_images WHERE ctid = ANY (ARRAY(
                SELECT f.ctid FROM entente.failed_images AS f WHERE f.analysis_id = $1 LIMIT $2))
            """, [.text(analysisID), .int(Int32(clamping: limit))]
        ).affected
    }

    /// The analysis itself, with what a worker has added meanwhile.
    private func removeAnalysis() throws -> Int {
        try connection.transaction {
            // Whoever adds an image or a submission of it waits from here on, and is refused afterwards.
            try connection.query(
                "SELECT FROM entente.analyses WHERE analysis_id = $1 FOR UPDATE", [.text(analysisID)])
            let late = try Self.tables.map { table in
                try connection.query("DELETE FROM entente.\(table) WHERE analysis_id = $1", [.text(analysisID)])
                    .affected
            }
            for sql in Self.rest { try connection.query(sql, [.text(analysisID)]) }
            return late.last ?? 0
        }
    }

    private static let rest: [String] =
        ["images", "image_results"].map {
            // A foreign job may have named this analysis's submission for another's image.
            """
            UPDATE entente.\($0) SET submission = NULL WHERE submission IN (
                SELECT s.sequence FROM entente.submissions AS s WHERE s.analysis_id = $1)
            """
        } + ["UPDATE entente.submissions SET replayed_from = NULL WHERE replayed_from = $1 AND analysis_id <> $1"]
        + [
            "submissions", "class_language_concepts", "descriptors", "classes", "analysis_names",
            // Nothing but zeros is left in them.
            "progress_rollups", "image_rollups", "part_rollups", "concept_rollups", "throughput_rollups",
            "judged_rollups", "analyses",
        ].map { "DELETE FROM entente.\($0) WHERE analysis_id = $1" }
}
