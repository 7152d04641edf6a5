import Concepts
import Inference

/// The images of two analyses, side by side, whatever else was found in them.
public struct PairedImages: Sendable, Equatable {
    public let inBoth: Int
    public let onlyInFrom: Int
    public let onlyInTo: Int
    /// Predicted as another class, by class id.
    public let flips: Int
    /// Of the images in both whose label is the same class, by that class's id in its order.
    public let hits: [PairedHits]
}

extension AnalysisStore {
    /// Matched by image id.
    ///
    /// - Parameter split: the half of the images that is looked at; nil for all.
    public func pairedImages(from: String, to: String, split: ImageSplit? = nil) throws -> PairedImages {
        let filter = "($3::integer IS NULL OR get_byte(sha256(convert_to(image_id, 'UTF8')), 0) & 1 = $3)"
        let parameters: [Parameter] = [.text(from), .text(to), .int(split.map { Int32($0.parity) })]
        return try connection.snapshot {
            let counts = try connection.query(
                """
                SELECT count(*) FILTER (WHERE f.image_id IS NOT NULL AND t.image_id IS NOT NULL),
                    count(*) FILTER (WHERE t.image_id IS NULL), count(*) FILTER (WHERE f.image_id IS NULL),
                    count(*) FILTER (WHERE fp.class_id <> tp.class_id)
                FROM (SELECT image_id, predicted_index FROM entente.image_results
                    WHERE analysis_id = $1 AND \(filter)) AS f
                FULL JOIN (SELECT image_id, predicted_index FROM entente.image_results
                    WHERE analysis_id = $2 AND \(filter)) AS t
                    USING (image_id)
                LEFT JOIN entente.classes AS fp ON fp.analysis_id = $1 AND fp.class_index = f.predicted_index
                LEFT JOIN entente.classes AS tp ON tp.analysis_id = $2 AND tp.class_index = t.predicted_index
                """, parameters)
            let rows = try connection.query(
                """
                SELECT count(*), count(*) FILTER (WHERE f.hit_at_1 AND t.hit_at_1),
                    count(*) FILTER (WHERE f.hit_at_1 AND NOT t.hit_at_1),
                    count(*) FILTER (WHERE t.hit_at_1 AND NOT f.hit_at_1)
                FROM entente.image_results AS f JOIN entente.image_results AS t USING (image_id)
                JOIN entente.classes AS fl ON fl.analysis_id = $1 AND fl.class_index = f.label_index
                JOIN entente.classes AS tl ON tl.analysis_id = $2 AND tl.class_index = t.label_index
                WHERE f.analysis_id = $1 AND t.analysis_id = $2 AND fl.class_id = tl.class_id AND \(filter)
                GROUP BY fl.class_id ORDER BY fl.class_id
                """, parameters)
            func count(_ rows: Rows, _ row: Int, _ column: Int) throws -> Int { Int(try rows.bigint(row, column)) }
            return PairedImages(
                inBoth: try count(counts, 0, 0), onlyInFrom: try count(counts, 0, 1),
                onlyInTo: try count(counts, 0, 2), flips: try count(counts, 0, 3),
                hits: try (0..<rows.count).map { row in
                    PairedHits(
                        images: try count(rows, row, 0), both: try count(rows, row, 1),
                        onlyBefore: try count(rows, row, 2), onlyNow: try count(rows, row, 3))
                })
        }
    }
}
