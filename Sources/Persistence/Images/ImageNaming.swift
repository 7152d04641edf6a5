import Inference

/// Images as results name them that were not announced so: their rows become what the result was computed from.
enum ImageNaming {
    private struct Row {
        let row: ImageRow
        let uri: String
    }

    private static let columns = Columns<Row>([
        Column("analysis_id", \.row.analysisID),
        Column("image_id", \.row.image.id),
        Column("uri", \.uri),
        Column("sha256", \.row.image.sha256),
        Column("label", \.row.image.label),
        Column("group_name", \.row.image.group),
        Column("submission", \.row.submissionID),
        Column("force", \.row.force),
    ])

    /// Only where this very transaction wrote the result, and not over what the same submission or a later one has announced.
    private static let name = Statement(
        "entente_name_images",
        """
        UPDATE entente.images AS i SET sha256 = n.sha256, label = n.label, group_name = n.group_name,
            uri = CASE WHEN n.force OR entente.is_elsewhere(i.uri, n.uri) THEN n.uri ELSE i.uri END,
            submission = coalesce(n.sequence, i.submission),
            other_uri = CASE WHEN entente.is_elsewhere(i.uri, n.uri) THEN i.uri ELSE i.other_uri END
        FROM (
            SELECT u.*, s.sequence FROM \(columns.source)
            CROSS JOIN LATERAL (
                SELECT FROM entente.image_results AS r WHERE r.analysis_id = u.analysis_id AND r.image_id = u.image_id
                    AND r.xmin = pg_catalog.pg_current_xact_id()::xid LIMIT 1
            ) AS r
            CROSS JOIN LATERAL (
                SELECT k.uri, k.sha256, k.label, k.group_name, k.submission FROM entente.images AS k
                WHERE k.analysis_id = u.analysis_id AND k.image_id = u.image_id LIMIT 1
            ) AS k
            CROSS JOIN LATERAL (SELECT \(Lookups.submission) AS sequence) AS s
            WHERE (k.uri, k.sha256, k.label, k.group_name) IS DISTINCT FROM (u.uri, u.sha256, u.label, u.group_name)
                AND (k.submission IS NULL OR s.sequence IS NULL OR k.submission < s.sequence)
        ) AS n
        WHERE i.analysis_id = n.analysis_id AND i.image_id = n.image_id
        """)

    /// Empty when every image is as it was announced. To be called once the images are locked.
    static func calls(_ rows: [ImageRow], keepData: Bool) -> [Call] {
        let renamed = rows.filter { $0.isNamedAnew || $0.force }
        guard !renamed.isEmpty else { return [] }
        let rows = renamed.map { Row(row: $0, uri: $0.image.storedURI(keepData: keepData)) }
        return [Lookups.joinRowByRow, Call(name, columns.parameters(rows))]
    }
}
