import Concepts
import Inference
import Testbed
import Testing

@testable import Persistence

@Suite struct RollupTests {
    /// Inserts, forced replacements, hand-made updates and deletes in any order: after each, sums equal rows.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func sumsStayTrueUnderAnyChange(seed: UInt64) throws {
        let connection = try TestDatabase().connect()
        var rng = Seeded(seed)
        let analyses = [try Fixture.register("a", on: connection), try Fixture.register("b", on: connection)]
        let submissions = SubmissionStore(connection)
        let writer = BatchWriter(connection)
        var offset: Int64 = 0
        for step in 0..<40 {
            let id = analyses.randomElement(using: &rng) ?? ""
            func some() -> Identifier { "image \(Int.random(in: 0..<30, using: &rng))" }
            switch Int.random(in: 0..<9, using: &rng) {
            case 0...2:
                let rows = (0..<Int.random(in: 1...8, using: &rng)).map { _ in
                    Fixture.randomRow(some(), analysisID: id, &rng)
                }
                offset += 1
                try writer.write(
                    WriteBatch(results: rows, failures: [Fixture.failure(some(), analysisID: id, offset: offset)]))
            case 3:
                let force = try submissions.create(analysisID: id, kind: .submit, force: true)
                let rows = (0..<5).map { _ in
                    var row = Fixture.randomRow(some(), analysisID: id, &rng)
                    row.submissionID = force.id
                    row.force = true
                    return row
                }
                try writer.write(WriteBatch(results: rows))
            case 4:
                let new = try submissions.create(analysisID: id, kind: .submit)
                try submissions.expect((0..<4).map { _ in ImageReference(id: some(), uri: "file:///x") }, of: new)
            case 5:
                try connection.query(
                    "DELETE FROM entente.image_results WHERE image_id = ANY ($1)", [.identifiers([some(), some()])])
            case 6:
                try connection.query(
                    """
                    UPDATE entente.image_results SET label_index = $2, shard = $3
                    WHERE analysis_id = $1 AND image_id = ANY ($4)
                    """,
                    [
                        .text(id), .int(Bool.random(using: &rng) ? Int32.random(in: 0..<6, using: &rng) : nil), .int(2),
                        .identifiers([some(), some(), some()]),
                    ])
            case 7:
                try connection.query(
                    """
                    UPDATE entente.part_results SET mi_released = mi_released + 5,
                        curve_released = array_prepend(mi_released + 5, curve_released[2:]),
                        vision_mutual = array_fill(true, ARRAY[vision_count])
                    WHERE image_id = $1
                    """, [.identifier(some())])
            default:
                try connection.query("DELETE FROM entente.failed_images WHERE image_id = $1", [.identifier(some())])
                try connection.query("DELETE FROM entente.part_results WHERE image_id = $1", [.identifier(some())])
                try connection.query(
                    """
                    DELETE FROM entente.images i WHERE image_id = $1 AND NOT EXISTS (SELECT FROM entente.image_results r
                        WHERE r.analysis_id = i.analysis_id AND r.image_id = i.image_id)
                    """, [.identifier(some())])
            }
            let differences = try Verifier(connection).differences()
            try #require(differences == [], "seed \(seed), step \(step): \(differences.prefix(3))")
        }
        let left = try connection.query("SELECT count(*) FROM entente.part_results").bigint(0, 0)
        #expect(left > 0)
        try connection.exec(
            "DELETE FROM entente.image_results; DELETE FROM entente.failed_images; DELETE FROM entente.images")
        #expect(try Verifier(connection).differences() == [])
        let sums = try connection.query(
            """
            SELECT (SELECT count(*) FROM entente.part_rollups GROUP BY label_index HAVING sum(images) <> 0 OR sum(mi_released) <> 0),
                (SELECT count(*) FROM entente.concept_rollups GROUP BY descriptor_index, label_index HAVING sum(vision_images) <> 0),
                (SELECT sum(expected + done + failed)::bigint FROM entente.progress_rollups)
            """)
        #expect(try sums.optionalBigint(0, 0) == nil && sums.optionalBigint(0, 1) == nil && sums.bigint(0, 2) == 0)
    }

    @Test(arguments: [
        (
            "UPDATE entente.part_rollups SET mi_released = mi_released + 1 WHERE label_index = -2 AND part_method = 'pca'",
            "part_rollups", "mi_released"
        ),
        (
            "UPDATE entente.part_rollups SET curve_membership[1] = curve_membership[1] + 1 WHERE label_index = -2 AND part_method = 'pca'",
            "part_rollups", "curve_membership"
        ),
        (
            "UPDATE entente.part_rollups SET mutual_concepts_squared = mutual_concepts_squared - 1 WHERE label_index = -2",
            "part_rollups", "mutual_concepts_squared"
        ),
        (
            "UPDATE entente.part_rollups SET curve_released_squared = curve_released_squared + 1 WHERE label_index >= 0",
            "part_rollups", "curve_released_squared"
        ),
        (
            "UPDATE entente.image_rollups SET hits_at_5 = hits_at_5 + 2 WHERE label_index = -2", "image_rollups",
            "hits_at_5"
        ),
        (
            "DELETE FROM entente.concept_rollups WHERE label_index = -2 AND descriptor_index = (SELECT min(descriptor_index) FROM entente.concept_rollups)",
            "concept_rollups", "vision_images"
        ),
        (
            "UPDATE entente.judged_rollups SET amount = amount + 1 WHERE label_index = -2 AND metric = 'deletion'",
            "judged_rollups", "amount"
        ),
        (
            "UPDATE entente.judged_rollups SET points[2] = points[2] + 1 WHERE label_index >= 0 AND metric = 'acc_drop'",
            "judged_rollups", "points"
        ),
        (
            "UPDATE entente.judged_rollups SET difference_squared = difference_squared + 1 WHERE variant = 'random_regions'",
            "judged_rollups", "difference_squared"
        ),
        ("UPDATE entente.progress_rollups SET done = done - 1", "progress_rollups", "done"),
        (
            "UPDATE entente.throughput_rollups SET encode_microseconds = encode_microseconds + 1", "throughput_rollups",
            "encode_microseconds"
        ),
        ("UPDATE entente.throughput_rollups SET minute = minute + interval '1 minute'", "throughput_rollups", "images"),
        ("UPDATE entente.images SET state = 'failed' WHERE image_id = 'image 0'", "images", "state"),
        (
            "UPDATE entente.part_results SET predicted_index = predicted_index + 1 WHERE image_id = 'image 0'",
            "part_results", "label, prediction and shard"
        ),
    ])
    func aPlantedDifferenceIsFound(sql: String, rollup: String, quantity: String) throws {
        let connection = try TestDatabase().connect()
        let id = try Fixture.register(on: connection)
        let other = try Fixture.register("b", on: connection)
        var rng = Seeded(11)
        try BatchWriter(connection).write(
            WriteBatch(results: (0..<12).map { Fixture.randomRow("image \($0)", analysisID: id, &rng, shard: 1) }))
        #expect(try Verifier(connection).differences() == [])
        try connection.exec(sql)
        let found = try Verifier(connection).differences(analysisID: id)
        #expect(
            found.contains {
                $0.rollup == rollup && $0.quantity == quantity && $0.analysis == id && $0.stored != $0.recomputed
            }, "\(found)")
        #expect(try Verifier(connection).differences(analysisID: other) == [])
        #expect(try !Verifier(connection).differences().isEmpty)
    }

    @Test func aSumBeyond64BitsIsAnErrorAndNoWrongNumber() throws {
        let connection = try TestDatabase().connect()
        let id = try Fixture.register(on: connection)
        let large = Fixture.findings(
            predicted: 0,
            parts: [
                Fixture.parts(
                    .kmeans, vision: [1], language: [1], released: [Int64.max / 2 + 1, 0], membership: [1, 0])
            ])
        let writer = BatchWriter(connection)
        try writer.write(WriteBatch(results: [Fixture.row("a", analysisID: id, findings: large)]))
        let error = #expect(throws: PersistenceError.self) {
            try writer.write(WriteBatch(results: [Fixture.row("b", analysisID: id, findings: large)]))
        }
        #expect(error?.sqlState == "22003")
        #expect(try Verifier(connection).differences() == [])
    }

    @Test func truncateIsRefused() throws {
        let connection = try TestDatabase().connect()
        for table in ["part_results", "image_results, entente.part_results", "failed_images"] {
            #expect(throws: PersistenceError.self) { try connection.exec("TRUNCATE entente.\(table)") }
        }
    }
}
