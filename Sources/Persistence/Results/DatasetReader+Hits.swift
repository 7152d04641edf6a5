import Concepts

extension DatasetReader {
    /// Predictions by the label's class, or the predicted one of images without a label, in order of classes; out of the roll-ups, so
    /// also of an analysis without parts.
    public func hits() throws -> [ClassHits] {
        let rows = try connection.query(
            """
            SELECT sum(images)::bigint, sum(labelled)::bigint, sum(hits_at_1)::bigint, sum(hits_at_5)::bigint
            FROM entente.image_rollups WHERE analysis_id = $1 AND label_index > -2
            GROUP BY CASE WHEN label_index >= 0 THEN label_index ELSE predicted_index END
            HAVING sum(images) > 0
            ORDER BY CASE WHEN label_index >= 0 THEN label_index ELSE predicted_index END
            """, [.text(analysisID)])
        return try (0..<rows.count).map { row in
            func count(_ column: Int) throws -> Int { Int(try rows.bigint(row, column)) }
            return try ClassHits(images: count(0), labelled: count(1), hitsAt1: count(2), hitsAt5: count(3))
        }
    }
}
