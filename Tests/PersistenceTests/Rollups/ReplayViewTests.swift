import Concepts
import Testbed
import Testing

@testable import Persistence

/// The views that answer out of roll-ups and indexes say what `replay_comparison` and `replay_image_comparison`, whose
/// numbers are worked out by hand in `ComparisonTests`, say out of every row.
@Suite struct ReplayViewTests {
    private let connection: Connection

    /// Forty images in both analyses, some in one alone; classes and descriptors of the second in another order.
    init() throws {
        connection = try TestDatabase().connect()
        let from = try Fixture.register("from", on: connection)
        let old = Fixture.analysis("from")
        let new = Analysis(
            model: .init(weights: "new", configuration: "c", tokenizer: "t"), classes: old.classes.reversed(),
            descriptors: old.descriptors.reversed(), templates: old.templates,
            descriptorTemplate: old.descriptorTemplate, method: old.method)
        try AnalysisStore(connection).register(new, name: "new")
        _ = try SubmissionStore(connection).create(analysisID: new.id, kind: .replay, replayedFrom: from)
        var rng = Seeded(5)
        let labels = (0..<48).map { _ in Bool.random(using: &rng) ? Int.random(in: 0..<6, using: &rng) : nil }
        func rows(_ images: Range<Int>, _ analysis: String, _ place: (Int) -> Int) -> [ImageRow] {
            images.map {
                Fixture.row(
                    "image \($0)", analysisID: analysis, label: labels[$0].map(place),
                    findings: Fixture.randomFindings(&rng), shard: $0 % 3)
            }
        }
        try BatchWriter(connection).write(WriteBatch(results: rows(0..<44, from) { $0 }))
        try BatchWriter(connection).write(WriteBatch(results: rows(4..<48, new.id) { 5 - $0 }))
    }

    /// Rows of either query that the other doesn't have.
    private func difference(_ a: String, _ b: String) throws -> Int {
        try #require(connection.query(a).count > 0)
        return try connection.query("((\(a)) EXCEPT ALL (\(b))) UNION ALL ((\(b)) EXCEPT ALL (\(a)))").count
    }

    @Test func flips() throws {
        let columns =
            "scope, class_id, images_both, images_only_from, images_only_to, flips, flips_to_right, flips_to_wrong"
        #expect(
            try difference(
                "SELECT \(columns) FROM entente.replay_flips",
                """
                SELECT \(columns) FROM entente.replay_comparison
                WHERE part_method = 'kmeans' AND estimator = 'released'
                """) == 0)
    }

    @Test func images() throws {
        let columns = """
            from_analysis, to_analysis, image_id, part_method, label, from_predicted, to_predicted, flipped, from_hit,
            to_hit, delta_mi_released, delta_auc_released, delta_mi_membership, delta_auc_membership, concepts_gained,
            concepts_lost
            """
        #expect(
            try difference(
                "SELECT \(columns) FROM entente.replay_image_changes",
                "SELECT \(columns) FROM entente.replay_image_comparison WHERE presence = 'both'") == 0)
    }

    @Test func classes() throws {
        // Once the images are the same, the difference of the means is the mean of the differences.
        try connection.exec(
            """
            DELETE FROM entente.image_results AS r WHERE (
                SELECT count(*) FROM entente.image_results AS o WHERE o.image_id = r.image_id) = 1
            """)
        #expect(
            try difference(
                """
                SELECT scope, class_id, part_method, estimator, from_images, to_images, delta_mi::numeric(20, 6),
                    delta_auc::numeric(20, 6) FROM entente.replay_class_comparison
                """,
                """
                SELECT scope, class_id, part_method, estimator, images_both, images_both, mean_delta_mi::numeric(20, 6),
                    mean_delta_auc::numeric(20, 6) FROM entente.replay_comparison
                """) == 0)
        #expect(
            try difference(
                """
                SELECT class_id, part_method, from_top_1, to_top_1, from_mi, to_auc, from_mutual_concepts, class_name
                FROM entente.replay_class_comparison WHERE class_id IS NOT NULL AND estimator = 'released'
                """,
                """
                SELECT o.class_id, o.part_method, o.top_1, n.top_1, o.mi_released, n.auc_released, o.mutual_concepts,
                    o.class_name
                FROM entente.class_summary AS o JOIN entente.class_summary AS n USING (class_role, class_id, part_method)
                WHERE class_role = 'label' AND o.name = 'name from' AND n.name = 'new'
                """) == 0)
    }

    @Test(arguments: ["all", "class"]) func concepts(scope: String) throws {
        let label = scope == "all" ? "NULL" : "s.label"
        func images(_ name: String) -> String {
            """
            SELECT \(label) AS class_id, c.part_method, c.descriptor, count(*) FILTER (WHERE c.mutual) AS mutual,
                count(*) AS seen
            FROM entente.image_concepts AS c JOIN entente.image_scores AS s USING (analysis_id, image_id, part_method)
            JOIN entente.analysis_progress AS a USING (analysis_id)
            WHERE a.name = '\(name)' AND ('\(scope)' = 'all' OR s.label IS NOT NULL) GROUP BY 1, 2, 3
            """
        }
        #expect(
            try difference(
                """
                SELECT class_id, part_method, descriptor, from_mutual_images, to_mutual_images, delta_mutual_images,
                    from_vision_images, to_vision_images
                FROM entente.replay_concept_comparison WHERE scope = '\(scope)'
                """,
                """
                SELECT coalesce(n.class_id, o.class_id), coalesce(n.part_method, o.part_method),
                    coalesce(n.descriptor, o.descriptor), coalesce(o.mutual, 0), coalesce(n.mutual, 0),
                    coalesce(n.mutual, 0) - coalesce(o.mutual, 0), coalesce(o.seen, 0), coalesce(n.seen, 0)
                FROM (\(images("name from"))) AS o FULL JOIN (\(images("new"))) AS n
                    ON coalesce(o.class_id, '') = coalesce(n.class_id, '') AND o.part_method = n.part_method
                        AND o.descriptor = n.descriptor
                """) == 0)
    }

    @Test func confusion() throws {
        #expect(
            try difference(
                "SELECT name, label, predicted, images, share::numeric(9, 6) FROM entente.class_confusion",
                """
                SELECT a.name, s.label, s.predicted, count(*),
                    (count(*) / sum(count(*)) OVER (PARTITION BY a.name, s.label))::numeric(9, 6)
                FROM entente.image_scores AS s JOIN entente.analysis_progress AS a USING (analysis_id)
                WHERE s.label IS NOT NULL AND s.part_method = 'pca' GROUP BY a.name, s.label, s.predicted
                """) == 0)
    }

    @Test func throughput() throws {
        try connection.exec(
            "UPDATE entente.image_results SET written_at = '2026-01-01 00:00:59.9+00' WHERE image_id = 'image 7'")
        let rows = try connection.query(
            """
            SELECT images, fetch_seconds, decode_seconds, encode_seconds, concepts_seconds
            FROM entente.analysis_throughput WHERE minute = '2026-01-01 00:00+00' AND name = 'new'
            """)
        #expect(try rows.count == 1 && rows.bigint(0, 0) == 1)
        #expect(try (1...4).map { try rows.double(0, $0) } == [1e-6, 2e-6, 3e-6, 4e-6])
        let all = try connection.query("SELECT sum(images)::bigint FROM entente.analysis_throughput")
        #expect(try all.bigint(0, 0) == 88)
    }

    @Test func partitionsAndSubmissions() throws {
        let partition = PartitionKey(group: "g", topic: "jobs", partition: 1)
        let claim = try OffsetLedger(connection).claim(partition, owner: "w")
        for offset in [7, 8] as [Int64] {
            _ = try InFlightStore(connection).take(partition, offset: offset, epoch: claim.epoch, alone: false)
        }
        let rows = try connection.query(
            """
            SELECT owner, epoch, next_offset, jobs_in_flight, suspects, oldest_taken_at BETWEEN updated_at AND now()
            FROM entente.partition_progress
            """)
        #expect(try rows.count == 1 && rows.text(0, 0) == "w" && rows.bigint(0, 1) == claim.epoch)
        #expect(try rows.optionalBigint(0, 2) == nil && rows.bool(0, 5))
        #expect(try rows.bigint(0, 3) == 2 && rows.bigint(0, 4) == 0)
        let sent = try connection.query(
            "SELECT name, kind, finished_at IS NULL, replayed_from IS NULL FROM entente.submission_progress")
        #expect(try sent.count == 1 && sent.text(0, 0) == "new" && sent.text(0, 1) == "replay")
        #expect(try sent.bool(0, 2) && !sent.bool(0, 3))
    }
}
