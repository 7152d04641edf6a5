import Persistence

/// Everything that a database says of its jobs, as text that shows every bit, but for who did it and when: what two
/// runs over the same messages have to agree on.
struct DatabaseTruth {
    /// By table and key.
    let rows: [String: String]

    init(_ connection: Connection) throws {
        let found = try connection.query(Self.queries.joined(separator: " UNION ALL "))
        var rows: [String: String] = [:]
        for row in 0..<found.count { rows[try found.text(row, 0)] = try found.text(row, 1) }
        self.rows = rows
    }

    /// Keys of rows that are not the same in both.
    func differences(from other: DatabaseTruth) -> [String] {
        Set(rows.keys).union(other.rows.keys).filter { rows[$0] != other.rows[$0] }.sorted()
    }

    private static let queries =
        [
            table("images", key: "r.analysis_id, r.image_id", without: ["submission"], submission: true),
            table(
                "image_results", key: "r.analysis_id, r.image_id",
                without: [
                    "submission", "worker", "fetch_microseconds", "decode_microseconds", "encode_microseconds",
                    "concepts_microseconds", "written_at",
                ], submission: true),
            table("part_results", key: "r.analysis_id, r.image_id, r.part_method", without: []),
            table(
                "judged_results", key: "r.analysis_id, r.image_id, r.subject, r.variant, r.metric", without: []),
            table(
                "failed_images", key: "r.topic, r.partition, r.message_offset, r.analysis_id, r.image_id",
                without: ["worker", "attempts", "failed_at"]),
            table("dead_letters", key: "r.dead_letter_id", without: ["published", "published_at", "written_at"]),
            table(
                "job_offsets", key: "r.topic, r.partition",
                without: ["consumer_group", "epoch", "owner", "updated_at"]),
            sums("progress", key: ["analysis_id"], of: ["expected", "done", "failed"]),
            sums(
                "image", key: ["analysis_id", "label_index", "predicted_index"],
                of: ["images", "labelled", "hits_at_1", "hits_at_5"]),
            sums(
                "part", key: ["analysis_id", "label_index", "predicted_index", "part_method"],
                of: [
                    "images", "vision_concepts", "language_concepts", "mutual_concepts", "mi_released", "auc_released",
                    "mi_membership", "auc_membership",
                ], curves: ["curves_longer", "curve_released", "curve_membership"]),
            sums(
                "concept",
                key: ["analysis_id", "label_index", "predicted_index", "part_method", "descriptor_index"],
                of: ["vision_images", "mutual_images"]),
            sums(
                "judged", key: ["analysis_id", "label_index", "subject", "variant", "metric"],
                of: ["images", "draws", "amount", "amount_squared", "compared", "difference", "difference_squared"],
                curves: ["points"]),
        ]

    /// All columns but the named ones, so that one that is added later is compared too. A submission is told by its
    /// id, because sequences have gaps.
    private static func table(
        _ name: String, key: String, without columns: [String], submission: Bool = false
    ) -> String {
        let rest = "to_jsonb(r) - '{\(columns.joined(separator: ","))}'::text[]"
        let named =
            "|| jsonb_build_object('submission_id', "
            + "(SELECT s.submission_id FROM entente.submissions AS s WHERE s.sequence = r.submission))"
        return """
            SELECT concat_ws(' ', '\(name)', \(key)), (\(rest) \(submission ? named : ""))::text
            FROM entente.\(name) AS r
            """
    }

    /// Over shards: which of them counted a row has no meaning.
    private static func sums(
        _ name: String, key: [String], of columns: [String], curves: [String] = []
    ) -> String {
        let sums = columns.map { "sum(\($0))::text" } + curves.map { "entente.sum_curves(\($0))::text" }
        let keys = key.joined(separator: ", ")
        return """
            SELECT concat_ws(' ', '\(name)_rollups', \(keys)), concat_ws(' ', \(sums.joined(separator: ", ")))
            FROM entente.\(name)_rollups GROUP BY \(keys)
            """
    }
}
