/// Every row of `image_scores` of one analysis, by image and part method, from one moment and a page at a time; of an analysis without
/// parts, which the view has none of, one row an image in the same columns.
public struct ImageScoreExport {
    /// The view's columns, in this order, but for `flags_text`, which says `flags` again.
    public static let columns = [
        "analysis_id", "image_id", "part_method", "label", "predicted", "similarity", "hit_at_1", "hit_at_5",
        "vision_count", "language_count", "overlap", "mi_released", "auc_released", "mi_membership", "auc_membership",
        "nmi_max", "ami", "p_value", "flags", "group_name", "submission_id", "worker", "kernel_set", "written_at",
        "mean_relevance", "probability",
    ]

    private let export: ViewExport

    /// Images without parts, as `image_scores` has those with.
    private static let predictions = """
        (SELECT r.analysis_id, r.image_id, NULL::text AS part_method, l.class_id AS label, k.class_id AS predicted,
            r.top_similarities[1] AS similarity, r.hit_at_1, r.hit_at_5, NULL::integer AS vision_count,
            NULL::integer AS language_count, NULL::integer AS overlap, NULL::double precision AS mi_released,
            NULL::double precision AS auc_released, NULL::double precision AS mi_membership,
            NULL::double precision AS auc_membership, NULL::double precision AS nmi_max, NULL::double precision AS ami,
            NULL::double precision AS p_value, NULL::text[] AS flags, r.group_name, s.submission_id, r.worker,
            r.kernel_set, r.written_at, NULL::real AS mean_relevance,
            r.top_probabilities[1] AS probability
        FROM entente.image_results AS r
        LEFT JOIN entente.classes AS l ON l.analysis_id = r.analysis_id AND l.class_index = r.label_index
        LEFT JOIN entente.classes AS k ON k.analysis_id = r.analysis_id AND k.class_index = r.predicted_index
        LEFT JOIN entente.submissions AS s ON s.sequence = r.submission)
        """

    /// - Parameters:
    ///   - connection: used for nothing else until an export is through.
    ///   - findsParts: whether the analysis asks for parts.
    public init(_ connection: Connection, analysisID: String, findsParts: Bool = true) {
        let plain = Self.columns.filter { $0 != "written_at" }.joined(separator: ", ")
        let source = findsParts ? "entente.image_scores" : Self.predictions
        export = ViewExport(
            connection: connection, analysisID: analysisID,
            rows: """
                SELECT \(plain), to_char(written_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS written_at
                FROM \(source) AS i WHERE analysis_id = $1
                """,
            order: "image_id, part_method",
            columns: Self.columns.map { ($0, $0 == "flags" ? "array_to_string(flags, ' ')" : nil) })
    }

    /// One cell a column; nil is undefined, flags are separated by spaces, numbers are the shortest that read back as
    /// the same.
    public func forEachRow(_ body: ([String?]) throws -> Void) throws { try export.forEachRow(body) }

    /// One JSON object a row, undefined values as `null`, on one line.
    public func forEachObject(_ body: (String) throws -> Void) throws { try export.forEachObject(body) }
}
