import Inference
import Testbed
import Testing

@testable import Persistence

/// The views of migrations 22 and 23 against the tables and the views of before.
@Suite struct ExplorerViewTests {
    private static func filled() throws -> (connection: Connection, id: String) {
        let connection = try TestDatabase().connect()
        let id = try Fixture.register("a", on: connection)
        var results: [ImageRow] = []
        for number in 0..<12 { results.append(Fixture.row("image \(number)", analysisID: id)) }
        try BatchWriter(connection).write(WriteBatch(results: results))
        return (connection, id)
    }

    @Test(arguments: [
        ("https://store.example/a.jpg", "https://store.example/a.jpg"),
        ("https://store.example/a.jpg?X-Amz-Signature=s3cr3t", "https://store.example/a.jpg"),
        ("https://store.example/a.jpg#s3cr3t", "https://store.example/a.jpg"),
        ("https://u:s3cr3t@store.example/a.jpg", "https:…"), ("https://u:s3?cr3t@store.example/a", "https:…"),
        ("https://u:s3/cr3t@store.example/a", "https:…"), ("HTTP:u:s3cr3t@h/a", "HTTP:…"),
        ("https:///s3cr3t@h/a", "https:…"),
        ("https://store.example/2x@a.jpg", "https://store.example/2x@a.jpg"),
        ("https://localhost/a@b", "https://localhost/a@b"),
        ("https://host:1/a@b", "https:…"), ("s3://bucket/a@b", "s3://bucket/a@b"), ("s3://s3cr3t@b/k", "s3:…"),
        ("file:///pictures/a@b.jpg", "file:///pictures/a@b.jpg"), ("data:image/png;base64,s3cr3t", "data:…"),
        ("DATA:,s3cr3t", "data:…"),
        ("s3cr3t", "…"), ("", "…"), ("ftp://u:s3cr3t@h/a", "ftp:…"), ("https://\u{301}@s3cr3t/", "https:…"),
    ]) func readersSeeOfAURIWhatIsNoSecret(_ uri: String, _ shown: String) throws {
        let connection = try TestDatabase().connect()
        let rows = try connection.query("SELECT entente.visible_uri($1)", [.text(uri)])
        let found = try rows.text(0, 0)
        #expect(found == shown && !found.contains("s3cr3t"))
    }

    @Test func aPictureIsWholeOrItIsNot() throws {
        let (connection, id) = try Self.filled()
        let images = ["file:///a.png", "https://h.example/a?b", "data:"].enumerated().map {
            ImageReference(id: Identifier("source \($0)"), uri: $1)
        }
        let submission = try SubmissionStore(connection).create(analysisID: id, kind: .submit, force: false)
        try SubmissionStore(connection).expect(images, of: submission)
        let rows = try connection.query(
            "SELECT uri, is_whole, state FROM entente.image_sources WHERE analysis_id = $1 AND image_id LIKE 'source%' ORDER BY image_id",
            [.text(id)])
        #expect(
            try (0..<rows.count).map { try rows.text($0, 0) } == ["file:///a.png", "https://h.example/a", "data:…"])
        #expect(try (0..<rows.count).map { try rows.bool($0, 1) } == [true, false, false])
        #expect(try (0..<rows.count).allSatisfy { try rows.text($0, 2) == "pending" })
    }

    @Test func sumsAreThoseOfTheViewsOfBefore() throws {
        let (connection, id) = try Self.filled()
        func differing(_ sql: String) throws -> Int64 { try connection.query(sql, [.text(id)]).bigint(0, 0) }
        let points = "entente.class_points WHERE analysis_id = $1"
        #expect(try connection.query("SELECT count(*) FROM \(points)", [.text(id)]).bigint(0, 0) > 0)
        #expect(
            try differing(
                """
                SELECT count(*) FROM (SELECT * FROM \(points)) AS p
                FULL JOIN (SELECT * FROM entente.class_summary WHERE analysis_id = $1 AND class_role = 'label') AS s
                    ON s.part_method = p.part_method AND s.class_index = p.class_index
                WHERE p.images IS DISTINCT FROM s.images OR p.top_1 IS DISTINCT FROM s.top_1
                    OR (abs(p.auc_membership - s.auc_membership) < 1e-9) IS NOT true
                    OR (abs(p.mi_released - s.mi_released) < 1e-9) IS NOT true
                """) == 0)
        #expect(
            try differing(
                """
                SELECT count(*) FROM (SELECT * FROM entente.concept_classes WHERE analysis_id = $1 AND label_index = -2) AS c
                FULL JOIN (SELECT * FROM entente.mutual_concept_ranking WHERE analysis_id = $1) AS r
                    ON r.part_method = c.part_method AND r.descriptor_index = c.descriptor_index
                WHERE c.vision_images IS DISTINCT FROM r.vision_images OR c.mutual_images IS DISTINCT FROM r.mutual_images
                """) == 0)
        #expect(
            try differing(
                """
                SELECT count(*) FROM (SELECT * FROM entente.image_agreements WHERE analysis_id = $1) AS a
                FULL JOIN (SELECT * FROM entente.image_scores WHERE analysis_id = $1) AS s
                    ON s.image_id = a.image_id AND s.part_method = a.part_method
                WHERE a.auc_released_nano / 1e9::float8 IS DISTINCT FROM s.auc_released OR a.overlap IS DISTINCT FROM s.overlap
                """) == 0)
    }

    @Test func imagesWithoutALabelAreSummedByWhatTheyAreTakenFor() throws {
        let (connection, id) = try Self.filled()
        let points = "entente.unlabelled_points WHERE analysis_id = $1"
        try connection.query("UPDATE entente.image_results SET label_index = NULL WHERE analysis_id = $1", [.text(id)])
        #expect(try connection.query("SELECT count(*) FROM \(points)", [.text(id)]).bigint(0, 0) > 0)
        let differing = try connection.query(
            """
            SELECT count(*) FROM (SELECT * FROM \(points)) AS p
            FULL JOIN (SELECT * FROM entente.class_summary WHERE analysis_id = $1 AND class_role = 'prediction') AS s
                ON s.part_method = p.part_method AND s.class_index = p.class_index
            WHERE p.images IS DISTINCT FROM s.images OR p.vision_concepts IS DISTINCT FROM s.vision_concepts
                OR p.mutual_concepts IS DISTINCT FROM s.mutual_concepts
                OR (abs(p.mi_released - s.mi_released) < 1e-9) IS NOT true
                OR (abs(p.auc_released - s.auc_released) < 1e-9) IS NOT true
                OR (abs(p.mi_membership - s.mi_membership) < 1e-9) IS NOT true
                OR (abs(p.auc_membership - s.auc_membership) < 1e-9) IS NOT true
            """, [.text(id)])
        #expect(try differing.bigint(0, 0) == 0)
    }

    /// Where tables are large, lists come in the order of an index.
    @Test(arguments: [
        (
            "part_results_by_auc_released", "image_agreements",
            "part_method = 'pca' AND auc_released_nano >= 0 ORDER BY auc_released_nano DESC"
        ),
        (
            "part_results_by_auc_membership", "image_agreements",
            "part_method = 'pca' AND auc_membership_nano >= 0 ORDER BY auc_membership_nano"
        ),
        (
            "image_results_by_class", "image_predictions",
            "predicted_index = 0 AND label_index IS NULL AND image_id > '' ORDER BY label_index, image_id"
        ),
    ]) func listsAreReadOutOfAnIndex(_ index: String, _ view: String, _ condition: String) throws {
        let (connection, id) = try Self.filled()
        try connection.exec("SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off")
        let rows = try connection.query(
            "EXPLAIN (COSTS off) SELECT * FROM entente.\(view) WHERE analysis_id = '\(id)' AND \(condition) LIMIT 10")
        let plan = try (0..<rows.count).map { try rows.text($0, 0) }.joined(separator: "\n")
        #expect(plan.contains(index), "\(plan)")
    }
}
