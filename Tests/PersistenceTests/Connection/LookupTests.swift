import Foundation
import Inference
import Testbed
import Testing

@testable import Persistence

/// What workers ask and write for each job is looked up by keys, whatever the planner believes of the tables: a session keeps
/// plans that it made while they were empty, and nobody may have analysed them since. Counted in rows that are read, triggers
/// and foreign keys included, and not in time.
@Suite(.serialized) struct LookupTests {
    /// `scripts/test --long` asks for a million.
    private static let sizes = [
        0, 1000, ProcessInfo.processInfo.environment["ENTENTE_TEST_ROWS"].flatMap(Int.init) ?? 10_000,
    ]
    private static let large = [
        "images", "image_results", "part_results", "failed_images", "dead_letters", "submissions",
    ]
    private static let asked = 8

    /// What the session knows of the tables when they have grown.
    enum Knowledge: CaseIterable, Sendable {
        /// Plans of the time when they held one row, and had been analysed.
        case outdated
        /// Nothing.
        case none
        /// Statistics of now.
        case statistics
    }

    /// By what is done for a job, all of it in one transaction that is taken back.
    private struct Work {
        let connection: Connection
        let analysis: String
        let submission: Submission
        let forced: Submission
        let partition = PartitionKey(group: "g", topic: "jobs", partition: 1)
        let epoch: Int64

        init(_ connection: Connection) throws {
            self.connection = connection
            analysis = try Fixture.register(on: connection)
            submission = try SubmissionStore(connection).create(analysisID: analysis, kind: .submit)
            forced = try SubmissionStore(connection).create(analysisID: analysis, kind: .submit, force: true)
            epoch = try OffsetLedger(connection).claim(partition, owner: "w").epoch
        }

        private func images(_ kind: String, from start: Int) -> [ImageReference] {
            (0..<asked).map {
                ImageReference(id: "\(kind)\(start + $0 * 7)", uri: "file:///x", label: "n00", sha256: "00")
            }
        }

        private func rows(_ kind: String, from start: Int, _ submission: Submission, grouped: Bool = false)
            -> [ImageRow]
        {
            images(kind, from: start).map { image in
                var row = Fixture.row(
                    image.id, analysisID: analysis, submission: submission.id, force: submission.force, shard: 1)
                row.isNamedAnew = true
                if grouped { row.groupDigest = "d" }
                return row
            }
        }

        /// Done, announced, failed and new images, forced and not, failures and letters.
        func batch() throws -> [Call] {
            try BatchPlan(
                WriteBatch(
                    results: rows("done", from: 1, submission) + rows("pending", from: 1, submission, grouped: true)
                        + rows("done", from: 80, forced) + rows("failed", from: 1, submission)
                        + rows("new", from: 1, submission),
                    failures: images("pending", from: 80).enumerated().map { place, image in
                        Fixture.failure(image.id, analysisID: analysis, offset: -Int64(2 + place), shard: 1)
                    },
                    deadLetters: [
                        .init(source: .init(topic: "jobs", partition: 1, offset: -5), key: nil, value: nil, reason: "r")
                    ]), keepData: false, knownSubmissions: []
            ).calls
        }

        func announcement() throws -> [Call] {
            var columns = ImageColumns(keepData: false)
            for image in images("done", from: 1) + images("new", from: 1) + images("failed", from: 80) {
                columns.add(image, analysisID: analysis, submissionID: forced.id, shard: Shard.submission)
            }
            return [Lookups.begin, columns.expected(force: true)]
        }

        func ask() throws {
            let known = images("done", from: 1) + images("pending", from: 1) + images("new", from: 1)
            _ = try InFlightStore(connection).begin(
                partition, offset: 7, epoch: epoch, alone: false, analysisID: analysis, images: known, force: false,
                submissionID: submission.id)
            _ = try SubmissionStore(connection).known(known.map(\.id), analysisID: analysis)
            let letters = DeadLetterStore(connection)
            _ = try letters.backlog()
            _ = try letters.unpublished(limit: asked)
            _ = try SubmissionStore(connection).isCancelled(submission.id)
            _ = try SubmissionStore(connection).progress(analysisID: analysis)
        }

        private var asked: Int { LookupTests.asked }
    }

    /// Rows of the large tables that the session has read since the server last asked it, by table: by scans, and by indexes.
    private static let read = Statement(
        "rows_read",
        """
        SELECT relname::text, seq_tup_read, coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables
        WHERE schemaname = 'entente' AND relname = ANY (string_to_array('\(large.joined(separator: ","))', ','))
        """)

    private struct RowsRead: CustomStringConvertible {
        var scanned: [String: Int64] = [:]
        var looked: [String: Int64] = [:]

        init(_ before: Rows, _ after: Rows) throws {
            for (rows, sign) in [(before, Int64(-1)), (after, 1)] {
                for row in 0..<rows.count {
                    scanned[try rows.text(row, 0), default: 0] += sign * (try rows.bigint(row, 1))
                    looked[try rows.text(row, 0), default: 0] += sign * (try rows.bigint(row, 2))
                }
            }
        }

        var description: String {
            "scanned \(scanned.filter { $0.value > 0 }), by key \(looked.filter { $0.value > 0 })"
        }
    }

    @Test(arguments: sizes, Knowledge.allCases) func everythingIsLookedUpByItsKey(size: Int, _ knowledge: Knowledge)
        throws
    {
        let database = try TestDatabase()
        let session = try database.connect("worker")
        let work = try Work(session)
        let admin = try Connection(uri: database.uri, settings: .patient(applicationName: "admin"))
        for table in Self.large { try admin.exec("ALTER TABLE entente.\(table) SET (autovacuum_enabled = false)") }
        if knowledge == .outdated {
            try grow(admin, work, to: 1)
            try admin.exec("VACUUM ANALYZE")
            // From the sixth time on, a session plans for any values.
            for _ in 0..<7 { _ = try counted(work) }
        }
        try grow(admin, work, to: size)
        if knowledge == .statistics { try admin.exec("ANALYZE") }
        for (what, rows) in try counted(work) {
            // Some 60 images, each looked at by a dozen statements, triggers and foreign keys.
            #expect(rows.scanned.values.reduce(0, +) == 0, "\(what) at \(size): \(rows)")
            #expect(rows.looked.values.reduce(0, +) <= 1000, "\(what) at \(size): \(rows)")
        }
    }

    /// What each kind of work reads.
    private func counted(_ work: Work) throws -> [(String, RowsRead)] {
        let connection = work.connection
        func pipelined(_ what: String, _ calls: [Call]) throws -> (String, RowsRead) {
            let answers = try connection.pipelinedTransaction(
                [Call(Self.read)] + calls + [Call(Self.read)], commit: false)
            return (what, try RowsRead(answers[0], #require(answers.last)))
        }
        return [
            try pipelined("writing", work.batch()), try pipelined("announcing", work.announcement()),
            (
                "asking",
                try connection.transaction {
                    let before = try connection.run(Self.read)
                    try work.ask()
                    return try RowsRead(before, connection.run(Self.read))
                }
            ),
        ]
    }

    /// Fills the tables up to so many rows each, without triggers.
    private func grow(_ admin: Connection, _ work: Work, to size: Int) throws {
        let id = work.analysis
        try admin.exec(
            """
            SET session_replication_role = replica;
            INSERT INTO entente.submissions (submission_id, analysis_id, kind)
            SELECT 'of ' || n, '\(id)', 'foreign' FROM generate_series(1, \(size)) AS n ON CONFLICT DO NOTHING;
            INSERT INTO entente.images (analysis_id, image_id, uri, label, sha256, shard, state, state_shard, submission)
            SELECT '\(id)', s.state || n, 'file:///' || n, 'n00', '00', 64, s.state, 0, 1
            FROM generate_series(1, \(size)) AS n
            CROSS JOIN (VALUES ('done'), ('failed'), ('pending')) AS s (state) ON CONFLICT DO NOTHING;
            INSERT INTO entente.image_results (analysis_id, image_id, label_index, predicted_index, top_classes,
                top_similarities, sha256, worker, kernel_set, method_revision, fetch_microseconds, decode_microseconds,
                encode_microseconds, concepts_microseconds, shard)
            SELECT '\(id)', 'done' || n, 0, 0, '{0}', '{0.5}', '00', 'w', 'k', 1, 0, 0, 0, 0, 0
            FROM generate_series(1, \(size)) AS n ON CONFLICT DO NOTHING;
            INSERT INTO entente.part_results (analysis_id, image_id, part_method, label_index, predicted_index, shard,
                vision_count, language_count, overlap, mi_released, auc_released, curve_released, mi_membership,
                auc_membership, curve_membership, vision_descriptors, vision_relevances, vision_parts, vision_mutual,
                grid_height, grid_width, grid, boxes, flags)
            SELECT '\(id)', 'done' || n, 'kmeans', 0, 0, 0, 0, 0, 0, 0, 0, '{0}', 0, 0, '{0}', '{}', '{}', '{}', '{}',
                0, 0, '', '{}', '{}'
            FROM generate_series(1, \(size)) AS n ON CONFLICT DO NOTHING;
            INSERT INTO entente.failed_images
                (topic, partition, message_offset, analysis_id, image_id, kind, message, worker, shard)
            SELECT 'jobs', 1, n, '\(id)', 'failed' || n, 'k', 'm', 'w', 0 FROM generate_series(1, \(size)) AS n
            ON CONFLICT DO NOTHING;
            INSERT INTO entente.dead_letters (dead_letter_id, topic, partition, message_offset, header_names,
                header_values, reason, published, consumer_group)
            SELECT 'jobs/1/' || n, 'jobs', 1, n, '{}', '{}', 'r', n > 3, 'entente' FROM generate_series(1, \(size)) AS n
            ON CONFLICT DO NOTHING;
            RESET session_replication_role
            """)
    }
}
