import Concepts
import Testbed
import Testing

@testable import Persistence

/// Three images of class 0, 0 and none; numbers worked out by hand.
@Suite struct ViewTests {
    private let connection: Connection
    private let id: String

    init() throws {
        connection = try TestDatabase().connect()
        id = try Fixture.register(on: connection)
        func kmeans(_ vision: [Int], _ language: [Int], _ released: [Int64], _ membership: [Int64]) -> [PartFindings] {
            [
                Fixture.parts(
                    .kmeans, vision: vision, language: language, released: released.map { $0 * 1_000_000_000 },
                    membership: membership.map { $0 * 1_000_000 })
            ]
        }
        let batch = WriteBatch(
            results: [
                // A hit; curve of 4 points, AUC (8 + 4 + 4 + 0) / 4 = 4 nats.
                Fixture.row(
                    "a", analysisID: id, label: 0,
                    findings: Fixture.findings(
                        predicted: 0, parts: kmeans([1, 2, 3], [3, 1], [8, 4, 4, 0], [4, 2, 2, 0])), shard: 1),
                // Predicted 5, label 0 among the five: a hit at 5. Two points, AUC (6 + 0) / 2 = 3 nats.
                Fixture.row(
                    "b", analysisID: id, label: 0,
                    findings: Fixture.findings(predicted: 5, parts: kmeans([1], [1], [6, 0], [2, 0])), shard: 2),
                // Without a label, without concepts.
                Fixture.row(
                    "c", analysisID: id, label: nil,
                    findings: Fixture.findings(predicted: 5, parts: kmeans([], [1], [0], [0])), shard: 1),
            ],
            failures: [
                Fixture.failure("d", analysisID: id, offset: 4), Fixture.failure("a", analysisID: id, offset: 5),
                Fixture.failure(nil, analysisID: nil, offset: 6, kind: "not_json"),
            ],
            deadLetters: [
                DeadLetter(
                    source: .init(topic: "jobs", partition: 1, offset: 6), key: nil, value: [123], reason: "not JSON")
            ])
        try BatchWriter(connection).write(batch)
        let submissions = SubmissionStore(connection)
        let submission = try submissions.create(analysisID: id, kind: .submit)
        try submissions.expect(
            ["a", "d", "e", "f"].map { ImageReference(id: $0, uri: "file:///\($0)") }, of: submission)
    }

    private func row(_ sql: String) throws -> Rows {
        let rows = try connection.query(sql, [.text(id)])
        try #require(rows.count >= 1, "no row: \(sql)")
        return rows
    }

    private func close(_ a: Double, _ b: Double) -> Bool { abs(a - b) < 1e-12 }

    @Test func progress() throws {
        let rows = try row(
            "SELECT expected, done, failed, pending, name FROM entente.analysis_progress WHERE analysis_id = $1")
        #expect(try (0...3).map { try rows.bigint(0, $0) } == [6, 3, 1, 2])
        #expect(try rows.text(0, 4) == "name a")
    }

    @Test func summary() throws {
        let rows = try row(
            """
            SELECT estimator, images, labelled, top_1, top_5, part_images::bigint, mi, auc, auc_padded,
                longest_curve, vision_concepts, mutual_concepts
            FROM entente.analysis_summary WHERE analysis_id = $1 ORDER BY estimator DESC
            """)
        #expect(rows.count == 2)
        #expect(try rows.text(0, 0) == "released" && rows.text(1, 0) == "membership")
        #expect(try rows.bigint(0, 1) == 3 && rows.bigint(0, 2) == 2)
        #expect(try close(rows.double(0, 3), 0.5) && close(rows.double(0, 4), 1))
        #expect(try rows.bigint(0, 5) == 3)
        #expect(try close(rows.double(0, 6), (8 + 6 + 0) / 3))
        #expect(try close(rows.double(0, 7), (4 + 3 + 0) / 3))
        #expect(try close(rows.double(0, 8), (8 + 4 + 4 + 6) / (3 * 4.0)))
        #expect(try rows.bigint(0, 9) == 4)
        #expect(try close(rows.double(0, 10), 4 / 3.0) && close(rows.double(0, 11), 1))
        #expect(try close(rows.double(1, 6), (4 + 2 + 0) / 3e3))
        #expect(try close(rows.double(1, 7), (2 + 1 + 0) / 3e3))
        #expect(try close(rows.double(1, 8), (4 + 2 + 2 + 2) / 12e3))
    }

    @Test func dynamics() throws {
        let rows = try row(
            """
            SELECT step, mi, curves, images FROM entente.mi_dynamics
            WHERE analysis_id = $1 AND part_method = 'kmeans' AND estimator = 'released' ORDER BY step
            """)
        #expect(try (0..<rows.count).map { try rows.int($0, 0) } == [0, 1, 2, 3])
        for (step, mi) in [14 / 3.0, 4 / 3.0, 4 / 3.0, 0].enumerated() { #expect(try close(rows.double(step, 1), mi)) }
        #expect(try (0..<4).map { try rows.bigint($0, 2) } == [3, 2, 1, 1])
        #expect(try rows.bigint(0, 3) == 3)
    }

    @Test func classes() throws {
        let rows = try row(
            """
            SELECT class_role, class_id, class_name, images, labelled, top_1, top_5, mi_released, auc_released, mutual_concepts
            FROM entente.class_summary WHERE analysis_id = $1 ORDER BY class_role, class_index
            """)
        #expect(rows.count == 3)
        #expect(
            try (0..<3).map { try rows.text($0, 0) + " " + rows.text($0, 1) } == [
                "label n00", "prediction n00", "prediction n05",
            ])
        #expect(try rows.text(0, 2) == "class 0")
        #expect(try (0..<3).map { try rows.bigint($0, 3) } == [2, 1, 2])
        #expect(try (0..<3).map { try rows.bigint($0, 4) } == [2, 1, 1])
        #expect(try close(rows.double(0, 5), 0.5) && close(rows.double(0, 6), 1))
        #expect(try close(rows.double(1, 5), 1) && close(rows.double(2, 5), 0))
        #expect(try close(rows.double(0, 7), 7) && close(rows.double(0, 8), 3.5) && close(rows.double(0, 9), 1.5))
        #expect(try close(rows.double(2, 7), 3))
    }

    @Test func ranking() throws {
        let rows = try row(
            """
            SELECT rank, descriptor, mutual_images, vision_images, images, mutual_share
            FROM entente.mutual_concept_ranking WHERE analysis_id = $1 ORDER BY rank, descriptor_index
            """)
        #expect(try (0..<rows.count).map { try rows.text($0, 1) } == ["descriptor 1", "descriptor 3", "descriptor 2"])
        #expect(try (0..<3).map { try rows.bigint($0, 0) } == [1, 2, 3])
        #expect(try (0..<3).map { try rows.bigint($0, 2) } == [2, 1, 0])
        #expect(try (0..<3).map { try rows.bigint($0, 3) } == [2, 1, 1])
        #expect(try rows.bigint(0, 4) == 3 && close(rows.double(0, 5), 2 / 3.0))

        let classes = try row(
            """
            SELECT descriptor, mutual_images FROM entente.class_concept_ranking
            WHERE analysis_id = $1 AND class_role = 'prediction' AND class_id = 'n05' ORDER BY rank
            """)
        #expect(try classes.count == 1 && classes.text(0, 0) == "descriptor 1" && classes.bigint(0, 1) == 1)
    }

    @Test func modelsAreComparedWithinOneSetting() throws {
        let twin = Fixture.analysis("b")
        try AnalysisStore(connection).register(twin, name: "twin")
        let found = Fixture.findings(
            predicted: 0,
            parts: [
                Fixture.parts(.pca, vision: [1], language: [1], released: [2_000_000_000, 0], membership: [1, 0]),
                Fixture.parts(.kmeans, vision: [1], language: [1], released: [4_000_000_000, 0], membership: [1, 0]),
            ])
        try BatchWriter(connection).write(WriteBatch(results: [Fixture.row("a", analysisID: twin.id, findings: found)]))
        let rows = try row(
            """
            SELECT name, part_method, top_1, auc, images FROM entente.model_comparison
            WHERE estimator = 'released' AND setting_digest = (SELECT setting_digest FROM entente.analyses WHERE analysis_id = $1)
            ORDER BY name, part_method
            """)
        #expect(
            try (0..<rows.count).map { try rows.text($0, 0) + " " + rows.text($0, 1) }
                == ["name a kmeans", "name a mean", "twin kmeans", "twin mean", "twin pca"])
        #expect(try close(rows.double(2, 3), 2) && close(rows.double(3, 3), 1.5) && close(rows.double(4, 3), 1))
        #expect(try close(rows.double(3, 2), 1) && rows.bigint(3, 4) == 1)
    }

    @Test func failures() throws {
        let rows = try connection.query(
            """
            SELECT message_offset, analysis_id, name, image_id, kind, message, attempts, dead_letter_id, published
            FROM entente.failures ORDER BY message_offset
            """)
        #expect(rows.count == 3)
        #expect(try rows.text(0, 1) == id && rows.text(0, 2) == "name a" && rows.text(0, 3) == "d")
        #expect(try rows.optionalText(0, 7) == nil)
        #expect(try rows.text(2, 1) == "" && rows.optionalText(2, 2) == nil && rows.text(2, 4) == "not_json")
        #expect(try rows.text(2, 7) == "jobs/1/6" && rows.bool(2, 8) == false)
    }

    @Test func singleImages() throws {
        let scores = try row(
            """
            SELECT label, predicted, mi_released, overlap, hit_at_1 FROM entente.image_scores
            WHERE analysis_id = $1 AND image_id = 'a'
            """)
        #expect(try scores.text(0, 0) == "n00" && scores.text(0, 1) == "n00" && close(scores.double(0, 2), 8))
        #expect(try scores.int(0, 3) == 2 && scores.bool(0, 4))
        let concepts = try row(
            """
            SELECT rank, descriptor, parts, mutual FROM entente.image_concepts
            WHERE analysis_id = $1 AND image_id = 'a' ORDER BY rank
            """)
        #expect(try (0..<3).map { try concepts.text($0, 1) } == ["descriptor 1", "descriptor 2", "descriptor 3"])
        #expect(try concepts.ints(0, 2) == [0, 2] && concepts.ints(1, 2) == [1])
        #expect(try (0..<3).map { try concepts.bool($0, 3) } == [true, false, true])
        let curve = try row(
            "SELECT mi_released FROM entente.image_curves WHERE analysis_id = $1 AND image_id = 'b' ORDER BY step")
        #expect(try curve.count == 2 && close(curve.double(0, 0), 6))
    }

    @Test func mutualConcepts() throws {
        let rows = try row(
            """
            SELECT name, image_id, part_method, predicted, predicted_name, label, label_name, rank, descriptor, relevance,
                parts, parts_text
            FROM entente.mutual_concepts WHERE analysis_id = $1 ORDER BY image_id, rank
            """)
        #expect(
            try (0..<rows.count).map { row in try (0...6).map { try rows.text(row, $0) }.joined(separator: ", ") } == [
                "name a, a, kmeans, n00, class 0, n00, class 0", "name a, a, kmeans, n00, class 0, n00, class 0",
                "name a, b, kmeans, n05, class 5, n00, class 0",
            ])
        // Descriptor 2 comes between them, and is seen alone.
        #expect(try (0..<3).map { try rows.bigint($0, 7) } == [1, 3, 1])
        #expect(try (0..<3).map { try rows.text($0, 8) } == ["descriptor 1", "descriptor 3", "descriptor 1"])
        #expect(try rows.real(0, 9) == 0.75 && rows.real(1, 9) == 0.75 - 2 / 64)
        #expect(try rows.ints(0, 10) == [0, 2] && rows.text(0, 11) == "0, 2")
    }

    @Test func listsAreThereAsTextToo() throws {
        try connection.exec("UPDATE entente.part_results SET flags = '{no_foreground,few_parts}' WHERE image_id = 'a'")
        let flags = try row(
            """
            SELECT flags_text, flags FROM entente.image_scores WHERE analysis_id = $1 AND image_id IN ('a', 'b') ORDER BY image_id
            """)
        #expect(
            try flags.text(0, 0) == "no_foreground, few_parts" && flags.texts(0, 1) == ["no_foreground", "few_parts"])
        #expect(try flags.text(1, 0) == "" && flags.texts(1, 1) == [])
        let parts = try row(
            """
            SELECT parts_text, parts FROM entente.image_concepts WHERE analysis_id = $1 AND image_id = 'a' ORDER BY rank
            """)
        #expect(try (0..<3).map { try parts.text($0, 0) } == ["0, 2", "1", "0, 2"])
        #expect(
            try (0..<3).map { row in try parts.ints(row, 1).map(String.init).joined(separator: ", ") }
                == (0..<3).map { try parts.text($0, 0) })
    }

    /// Drivers give a numeric as text, or as a number of a kind that charts don't take.
    @Test func noCountIsOfAKindThatClientsDoNotKnow() throws {
        let odd = try connection.query(
            """
            SELECT c.relname || '.' || a.attname FROM pg_class AS c
            JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
            WHERE c.relnamespace = 'entente'::regnamespace AND c.relkind = 'v' AND a.atttypid = 'numeric'::regtype
            """)
        #expect(try (0..<odd.count).map { try odd.text($0, 0) } == [])
    }

    /// Whatever is a list can be read by a client that knows none.
    @Test func everyListHasATextBesideIt() throws {
        let bare = try connection.query(
            """
            SELECT c.relname || '.' || a.attname FROM pg_class AS c
            JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
            JOIN pg_type AS t ON t.oid = a.atttypid AND t.typcategory = 'A'
            WHERE c.relnamespace = 'entente'::regnamespace AND c.relkind = 'v' AND NOT EXISTS (
                SELECT FROM pg_attribute AS o WHERE o.attrelid = c.oid AND o.attname = a.attname || '_text')
            """)
        #expect(try (0..<bare.count).map { try bare.text($0, 0) } == [])
    }

    @Test func everyColumnOfEveryViewIsDocumented() throws {
        let bare = try connection.query(
            """
            SELECT c.relname || '.' || a.attname FROM pg_class c
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
            WHERE c.relnamespace = 'entente'::regnamespace AND c.relkind = 'v'
                AND (col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid, 'pg_class') IS NULL)
            """)
        #expect(try (0..<bare.count).map { try bare.text($0, 0) } == [])
    }
}
