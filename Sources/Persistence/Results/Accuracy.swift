/// How often the prediction was the label, in an analysis's images.
public struct Accuracy: Sendable, Hashable {
    public let images: Int
    /// Those with a label; hits are among these.
    public let labelled: Int
    public let hitsAt1: Int
    public let hitsAt5: Int

    public init(images: Int, labelled: Int, hitsAt1: Int, hitsAt5: Int) {
        self.images = images
        self.labelled = labelled
        self.hitsAt1 = hitsAt1
        self.hitsAt5 = hitsAt5
    }
}

extension DatasetReader {
    /// Of all images with a result.
    public func accuracy() throws -> Accuracy {
        let rows = try connection.query(
            """
            SELECT coalesce(sum(images), 0)::bigint, coalesce(sum(labelled), 0)::bigint,
                coalesce(sum(hits_at_1), 0)::bigint, coalesce(sum(hits_at_5), 0)::bigint
            FROM entente.image_rollups WHERE analysis_id = $1 AND label_index = -2
            """, [.text(analysisID)])
        return try Accuracy(
            images: Int(rows.bigint(0, 0)), labelled: Int(rows.bigint(0, 1)), hitsAt1: Int(rows.bigint(0, 2)),
            hitsAt5: Int(rows.bigint(0, 3)))
    }
}
