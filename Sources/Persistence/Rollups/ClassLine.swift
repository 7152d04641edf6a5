import Inference

/// A class as its labelled images have it, under one part method (view `class_summary`).
public struct ClassLine: Sendable {
    public let classID: Identifier
    public let name: String
    public let images: Int
    /// Share of its images that are predicted as it.
    public let top1: Double?
    /// Means over its images, nats, released estimator.
    public let mi: Double
    public let auc: Double
    /// Mean numbers an image.
    public let visionConcepts: Double
    public let mutualConcepts: Double
    /// The most frequent mutual concepts, at most four.
    public let concepts: [String]

    /// Every class with labelled images, in the analysis's order.
    public static func read(analysisID: String, partMethod: String, _ connection: Connection) throws -> [ClassLine] {
        let rows = try connection.query(
            """
            SELECT s.class_id, s.class_name, s.images, s.top_1, s.mi_released, s.auc_released, s.vision_concepts,
                s.mutual_concepts, c.descriptors
            FROM entente.class_summary AS s
            LEFT JOIN (
                SELECT k.class_index,
                    array_agg(k.descriptor ORDER BY k.mutual_images DESC, k.descriptor_index)
                        FILTER (WHERE k.place <= 4) AS descriptors
                FROM (
                    SELECT r.*, row_number() OVER (
                        PARTITION BY r.class_index ORDER BY r.mutual_images DESC, r.descriptor_index) AS place
                    FROM entente.class_concept_ranking AS r
                    WHERE r.analysis_id = $1 AND r.part_method = $2 AND r.class_role = 'label' AND r.mutual_images > 0
                ) AS k GROUP BY k.class_index
            ) AS c USING (class_index)
            WHERE s.analysis_id = $1 AND s.part_method = $2 AND s.class_role = 'label'
            ORDER BY s.class_index
            """, [.text(analysisID), .text(partMethod)])
        return try (0..<rows.count).map { row in
            let id = try rows.optionalIdentifier(row, 0) ?? "?"
            return ClassLine(
                classID: id, name: try rows.optionalText(row, 1) ?? id.text, images: Int(try rows.bigint(row, 2)),
                top1: try rows.optionalDouble(row, 3), mi: try rows.double(row, 4), auc: try rows.double(row, 5),
                visionConcepts: try rows.double(row, 6), mutualConcepts: try rows.double(row, 7),
                concepts: (try? rows.texts(row, 8)) ?? [])
        }
    }
}
