import Concepts

/// In how many labelled images of each class a descriptor was retrieved; an image counts once, whatever its part methods say.
public struct ConceptOccurrences: Sendable, Equatable {
    /// For each class how many of its labelled images have results.
    public let images: [Int]
    /// For each class: place in the bank to how many of these images have it among their vision concepts.
    public let found: [[Int: Int]]
    /// Images with results and without a label, which count nowhere.
    public let unlabelled: Int

    /// - Parameters:
    ///   - classes: how many the analysis has.
    ///   - partMethod: nil for all of them.
    ///   - split: nil for all images.
    public static func read(
        analysisID: String, classes: Int, partMethod: String?, split: ImageSplit?, _ connection: Connection
    ) throws -> ConceptOccurrences {
        let filter = """
            p.analysis_id = $1 AND ($2::text IS NULL OR p.part_method = $2)
                AND ($3::integer IS NULL OR get_byte(sha256(convert_to(p.image_id, 'UTF8')), 0) & 1 = $3)
            """
        let parameters: [Parameter] = [.text(analysisID), .text(partMethod), .int(split.map { Int32($0.parity) })]
        return try connection.snapshot {
            let counts = try connection.query(
                """
                SELECT coalesce(p.label_index, -1), count(DISTINCT p.image_id) FROM entente.part_results AS p
                WHERE \(filter) GROUP BY 1
                """, parameters)
            var (images, unlabelled) = ([Int](repeating: 0, count: classes), 0)
            for row in 0..<counts.count {
                let (label, count) = (Int(try counts.int(row, 0)), Int(try counts.bigint(row, 1)))
                if images.indices.contains(label) { images[label] = count } else { unlabelled += count }
            }
            let rows = try connection.query(
                """
                SELECT p.label_index, c.descriptor_index, count(DISTINCT p.image_id)
                FROM entente.part_results AS p CROSS JOIN LATERAL unnest(p.vision_descriptors) AS c (descriptor_index)
                WHERE \(filter) AND p.label_index IS NOT NULL GROUP BY 1, 2
                """, parameters)
            var found = [[Int: Int]](repeating: [:], count: classes)
            for row in 0..<rows.count {
                let label = Int(try rows.int(row, 0))
                guard found.indices.contains(label) else { continue }
                found[label][Int(try rows.int(row, 1))] = Int(try rows.bigint(row, 2))
            }
            return ConceptOccurrences(images: images, found: found, unlabelled: unlabelled)
        }
    }
}
