import Concepts
import Inference

/// One image with what a picture of its explanation needs.
public struct ExtremeImage: Sendable {
    public let id: Identifier
    public let uri: String
    public let sha256: String?
    public let labelIndex: Int?
    public let predictedIndex: Int
    public let grid: PatchGrid
    /// Part of each patch in raster order, -1 for background.
    public let parts: [Int]
    /// Vision concepts' descriptors, most relevant first, and whether the language side has them too.
    public let vision: [(descriptor: Int, isMutual: Bool)]
    /// Of the released estimator.
    public let auc: NanoNats
}

extension DatasetReader {
    /// The images whose encoders agree most, or least, by the released AUC; equals in order of ids.
    ///
    /// - Parameter agreeing: most first; else least first.
    public func extremes(partMethod: String, agreeing: Bool, count: Int) throws -> [ExtremeImage] {
        // The order is one of two literals of ours; values go as parameters.
        let rows = try connection.query(
            """
            SELECT p.image_id, i.uri, r.sha256, p.label_index, p.predicted_index, p.grid_height::integer,
                p.grid_width::integer, p.grid, p.vision_descriptors, p.vision_mutual, p.auc_released
            FROM (
                SELECT * FROM entente.part_results WHERE analysis_id = $1 AND part_method = $2
                ORDER BY auc_released \(agreeing ? "DESC" : "ASC"), image_id LIMIT $3
            ) AS p
            JOIN entente.image_results AS r USING (analysis_id, image_id)
            JOIN entente.images AS i USING (analysis_id, image_id)
            ORDER BY p.auc_released \(agreeing ? "DESC" : "ASC"), p.image_id
            """, [.text(analysisID), .text(partMethod), .int(Int32(clamping: count))])
        return try (0..<rows.count).map { row in
            ExtremeImage(
                id: try rows.identifier(row, 0), uri: try rows.text(row, 1), sha256: try rows.optionalText(row, 2),
                labelIndex: try rows.optionalInt(row, 3).map(Int.init), predictedIndex: Int(try rows.int(row, 4)),
                grid: PatchGrid(height: Int(try rows.int(row, 5)), width: Int(try rows.int(row, 6))),
                parts: try rows.bytes(row, 7).map { $0 == 255 ? -1 : Int($0) },
                vision: zip(try rows.ints(row, 8), try rows.bools(row, 9)).map { (Int($0), $1) },
                auc: NanoNats(count: try rows.bigint(row, 10)))
        }
    }
}
