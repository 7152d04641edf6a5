import Concepts
import Inference
import Testbed
import Testing

@testable import Persistence

/// Which columns the worker's role may change: those that a statement sets, and no other.
@Suite struct ColumnRightsTests {
    private let connection: Connection

    init() throws { connection = try TestDatabase().connect() }

    /// By table, what changes after a row was first written. A column more is a right that somebody has to want.
    private static let changing: [String: Set<String>] = [
        "analyses": ["name"],
        "analysis_names": ["named_at"],
        "submissions": ["images", "jobs", "jobs_produced", "finished_at"],
        "images": ["uri", "other_uri", "sha256", "label", "group_name", "submission"],
        "image_results": [
            "label_index", "predicted_index", "top_classes", "top_similarities", "top_probabilities", "group_name",
            "group_digest", "sha256", "submission", "worker", "kernel_set", "method_revision", "fetch_microseconds",
            "decode_microseconds", "encode_microseconds", "concepts_microseconds", "shard", "written_at",
        ],
        "part_results": [
            "label_index", "predicted_index", "shard", "vision_count", "language_count", "overlap", "mi_released",
            "auc_released", "curve_released", "mi_membership", "auc_membership", "curve_membership", "nmi_max", "ami",
            "p_value", "vision_descriptors", "vision_relevances", "vision_parts", "vision_mutual", "grid_height",
            "grid_width", "grid", "boxes", "flags",
        ],
        "job_offsets": [
            "epoch", "next_offset", "updated_at", "cluster_id", "last_offset", "last_digest", "begins_at",
            "held_because", "held_since", "is_other_log",
        ],
        "in_flight_jobs": ["owner", "is_alone", "taken_at", "progress", "has_trapped"],
        "failed_images": ["kind", "message", "attempts", "worker", "shard", "failed_at"],
        "dead_letters": [
            "message_timestamp", "message_key", "message_value", "header_names", "header_values", "reason", "published",
            "published_at", "written_at", "requeued_at", "requeue_count", "withheld",
        ],
        "ground_truth_results": [
            "box_overlap", "foreground_overlap", "purity", "adjusted_rand_index", "mutual_count", "mutual_true",
            "vision_count", "vision_true", "bank_count", "bank_true", "result_written_at", "scored_at", "box_chance",
        ],
        "judged_results": ["label_index", "shard", "draws", "points", "amount", "difference"],
    ]

    private func granted(to role: String) throws -> [String: Set<String>] {
        let rows = try connection.query(
            """
            SELECT table_name::text, column_name::text FROM information_schema.column_privileges
            WHERE table_schema = 'entente' AND grantee = $1 AND privilege_type = 'UPDATE'
            """, [.text(role)])
        var columns: [String: Set<String>] = [:]
        for row in 0..<rows.count { columns[try rows.text(row, 0), default: []].insert(try rows.text(row, 1)) }
        return columns
    }

    @Test func onlyWhatChangesMayBeChanged() throws {
        let granted = try granted(to: "entente_worker")
        for table in Set(granted.keys).union(Self.changing.keys).sorted() {
            #expect(granted[table, default: []] == Self.changing[table, default: []], "\(table)")
        }
        #expect(try self.granted(to: "entente_reader") == [:])
    }

    /// Tried on every column that the catalog has, so on those of later migrations too.
    @Test func everythingElseIsRefused() throws {
        let rows = try connection.query(
            """
            SELECT c.relname::text, a.attname::text FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
            WHERE c.relnamespace = 'entente'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND a.attgenerated = ''
                AND a.attidentity = '' AND NOT a.attisdropped
            ORDER BY 1, 2
            """)
        try connection.exec("SET ROLE entente_worker")
        var refused = 0
        for row in 0..<rows.count {
            let (table, column) = (try rows.text(row, 0), try rows.text(row, 1))
            guard Self.changing[table]?.contains(column) != true else { continue }
            let sql = "UPDATE entente.\(table) SET \(column) = \(column) WHERE false"
            let error = #expect(throws: PersistenceError.self, "\(sql)") { try connection.exec(sql) }
            #expect(error?.sqlState == "42501", "\(sql): \(String(describing: error))")
            refused += 1
        }
        #expect(refused > 60)
    }

    /// What an earlier version gave is taken back, and so is what somebody gave by hand.
    @Test func migratingTakesBackWhatNoStatementUses() throws {
        try connection.exec(
            """
            GRANT UPDATE ON ALL TABLES IN SCHEMA entente TO entente_worker;
            GRANT DELETE ON entente.part_results TO entente_worker;
            GRANT UPDATE (descriptor) ON entente.descriptors TO entente_reader
            """)
        _ = try Migrator(connection).migrate()
        try onlyWhatChangesMayBeChanged()
        #expect(
            try !connection.query("SELECT has_table_privilege('entente_worker', 'entente.part_results', 'DELETE')")
                .bool(0, 0))
    }

    /// Every statement that changes a row, as the role that has to be able to.
    @Test func everyChangeOfOursIsGranted() throws {
        try connection.exec("SET ROLE entente_worker")
        let id = try Fixture.register(on: connection)
        try AnalysisStore(connection).register(Fixture.analysis(), name: "another name")
        let submissions = SubmissionStore(connection)
        let first = try submissions.create(analysisID: id, kind: .submit, force: true)
        for uri in ["file:///a", "file:///moved"] {
            try submissions.expect([ImageReference(id: "a", uri: uri, label: "n00")], of: first)
        }
        try submissions.plan(jobs: 1, of: first)
        try submissions.produced(jobs: 1, of: first)
        try changeOffsets(id)
        try changeResults(id, try submissions.create(analysisID: id, kind: .submit, force: true))
        try changeLetters(id)
        _ = try submissions.cancel(first.id.text)
    }

    private func changeOffsets(_ id: String) throws {
        let ledger = OffsetLedger(connection)
        let orders = OffsetOrders(connection)
        let partition = PartitionKey(group: "g", topic: "jobs", partition: 0)
        try ledger.begin("jobs", group: "g", starts: [nil], at: -2)
        let claim = try ledger.claim(partition, owner: "w")
        #expect(try ledger.start(partition, epoch: claim.epoch, at: 3, cluster: "C"))
        let jobs = InFlightStore(connection)
        for alone in [false, true] { #expect(try jobs.take(partition, offset: 5, epoch: claim.epoch, alone: alone)) }
        // Another place of an image that stands is noted beside it.
        #expect(
            try jobs.begin(
                partition, offset: 6, epoch: claim.epoch, alone: false, analysisID: id,
                images: [ImageReference(id: "a", uri: "file:///elsewhere", label: "n00")], force: false,
                submissionID: nil) != nil)
        try ledger.hold(partition, epoch: claim.epoch, because: "it is another log")
        #expect(try orders.release(partition) && orders.hold(partition, because: "a reason"))
        try orders.set(partition, to: 4)
    }

    private func changeResults(_ id: String, _ submission: Submission) throws {
        let writer = BatchWriter(connection)
        try writer.write(WriteBatch(results: [Fixture.row("a", analysisID: id)]))
        var forced = Fixture.row("a", analysisID: id, label: 1, submission: submission.id, force: true)
        forced.isNamedAnew = true
        #expect(try writer.write(WriteBatch(results: [forced])).imagesWritten == 1)
        #expect(
            try connection.query("SELECT label FROM entente.images WHERE image_id = 'a'").identifier(0, 0) == "n01")
        for _ in 0..<2 {
            let scored = try GroundTruthStore(connection, analysisID: id).score(partMethod: "kmeans") { found in
                GroundTruthScore(
                    grid: found.grid, parts: found.parts, vision: found.vision, mutual: found.mutual,
                    bankSize: Fixture.descriptorCount,
                    against: GroundTruth(
                        width: 3, height: 2, parts: [0, 0, 1, 1, 1, 1],
                        box: try #require(PixelBox(left: 0, top: 0, right: 2, bottom: 1)), descriptors: [1]))
            }
            #expect(scored == (scored: 1, unknown: 0))
        }
    }

    private func changeLetters(_ id: String) throws {
        let writer = BatchWriter(connection)
        for (kind, value) in [("damaged_image", [1]), ("not_found", [2])] as [(String, [UInt8])] {
            try writer.write(
                WriteBatch(
                    failures: [Fixture.failure("b", analysisID: id, kind: kind)],
                    deadLetters: [
                        .init(
                            source: .init(topic: "jobs", partition: 1, offset: 0), key: nil, value: value, reason: "r")
                    ]
                ))
        }
        let letters = DeadLetterStore(connection)
        let letter = try #require(try letters.unpublished(limit: 1).first)
        #expect(letter.letter.value == [2] && letter.failures.map(\.kind) == ["not_found"])
        try letters.withhold(letter.letter.id, because: "too large")
        try letters.markPublished([letter.letter.id])
        try letters.markRequeued([letter.letter.id])
        #expect(try letters.show(letter.letter.id)?.requeueCount == 1)
    }
}
