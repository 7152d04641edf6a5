import Concepts

/// Results as parallel arrays: one element an image, one a part method.
struct ResultColumns {
    private struct Part {
        let row: ImageRow
        let found: PartFindings
    }

    private let rows: [ImageRow]

    init(_ rows: [ImageRow]) { self.rows = rows }

    private static let images = Columns<ImageRow>([
        Column("analysis_id", \.analysisID),
        Column("image_id", \.image.id),
        Column(integer: "label_index", \.labelIndex),
        Column(integer: "predicted_index") { $0.findings.top.first?.classIndex },
        Column(list: "top_classes") { $0.findings.top.map { Int32(clamping: $0.classIndex) } },
        Column(list: "top_similarities") { $0.findings.top.map(\.similarity) },
        Column("group_name", \.image.group),
        Column("group_digest", \.groupDigest),
        Column("sha256", \.contentHash),
        Column("submission", as: "s.sequence", \.submissionID),
        Column("worker", \.worker),
        Column("kernel_set", \.kernelSet),
        Column(integer: "method_revision", \.methodRevision),
        Column(integer: "fetch_microseconds", \.timings.fetch),
        Column(integer: "decode_microseconds", \.timings.decode),
        Column(integer: "encode_microseconds", \.timings.encode),
        Column(integer: "concepts_microseconds", \.timings.concepts),
        Column("shard") { Int16(clamping: $0.shard) },
    ])

    private static let parts = Columns<Part>(
        [
            Column("analysis_id", \.row.analysisID),
            Column("image_id", \.row.image.id),
            Column("part_method", \.found.key),
            Column(integer: "label_index", \.row.labelIndex),
            Column(integer: "predicted_index") { $0.row.findings.top.first?.classIndex },
            Column("shard") { Int16(clamping: $0.row.shard) },
            Column(integer: "vision_count", \.found.visionConcepts.count),
            Column(integer: "language_count", \.found.languageConcepts.count),
            Column(integer: "overlap", \.found.mutualDescriptors.count),
            Column("mi_released", \.found.agreement.released.mi.count),
            Column("auc_released", \.found.agreement.released.auc.count),
            Column("mi_membership", \.found.agreement.membership.mi.count),
            Column("auc_membership", \.found.agreement.membership.auc.count),
            Column("nmi_max", \.found.agreement.nmiMax),
            Column("ami", \.found.agreement.ami),
            Column("p_value", \.found.agreement.pValue),
            Column(integer: "grid_height", \.found.gridHeight),
            Column(integer: "grid_width", \.found.gridWidth),
            Column("grid") { $0.found.parts.map { UInt8(truncatingIfNeeded: $0) } },
            Column(list: "vision_descriptors") { $0.found.visionConcepts.map { Int32(clamping: $0.descriptor) } },
            Column(list: "vision_relevances") { $0.found.visionConcepts.map(\.relevance) },
            Column(list: "vision_parts") {
                $0.found.visionConcepts.map { $0.parts.reduce(Int64(0)) { $0 | 1 << Int64($1) } }
            },
            Column(list: "vision_mutual") { part in
                let agreed = Set(part.found.mutualDescriptors)
                return part.found.visionConcepts.map { agreed.contains($0.descriptor) }
            },
            Column(list: "curve_released") { $0.found.agreement.released.curve.map(\.count) },
            Column(list: "curve_membership") { $0.found.agreement.membership.curve.map(\.count) },
            Column(list: "boxes") {
                $0.found.boxes.flatMap { [$0.part, $0.top, $0.left, $0.bottom, $0.right].map { Int16(clamping: $0) } }
            },
            Column(list: "flags") { $0.found.flags.map(\.rawValue) },
        ], from: images.count + 1)

    var parameters: [Parameter] {
        let parts = rows.flatMap { row in row.findings.partMethods.map { Part(row: row, found: $0) } }
        return Self.images.parameters(rows) + Self.parts.parameters(parts)
    }

    /// Only images whose own row was written get parts, so that a row and its parts are always of one computation.
    static let firstWrite = Statement("entente_write_results", sql(onImage: "DO NOTHING", onPart: "DO NOTHING"))

    static let replace = Statement(
        "entente_replace_results",
        sql(
            onImage: """
                (analysis_id, image_id) DO UPDATE SET \(images.updates(behind: 2)), written_at = excluded.written_at
                WHERE r.submission IS NULL OR r.submission < excluded.submission
                """,
            onPart: "(analysis_id, image_id, part_method) DO UPDATE SET \(parts.updates(behind: 3))"))

    /// SQL of the images that this transaction has written, so that what follows in it may depend on them.
    static let writtenSoFar =
        "coalesce(nullif(pg_catalog.current_setting('entente.written', true), ''), '0')::integer"

    private static func sql(onImage: String, onPart: String) -> String {
        """
        WITH written AS (
            INSERT INTO entente.image_results AS r (\(images.names))
            SELECT \(images.values) FROM \(images.source)
            LEFT JOIN entente.submissions AS s ON s.submission_id = u.submission
            ORDER BY u.analysis_id, u.image_id
            ON CONFLICT \(onImage)
            RETURNING r.analysis_id, r.image_id
        ), parts AS (
            INSERT INTO entente.part_results (\(parts.names))
            SELECT \(parts.values) FROM \(parts.source)
            JOIN written AS w ON w.analysis_id = u.analysis_id AND w.image_id = u.image_id
            ORDER BY u.analysis_id, u.image_id, u.part_method
            ON CONFLICT \(onPart)
            RETURNING 1
        )
        SELECT w.images::integer, (SELECT count(*) FROM parts)::integer,
            pg_catalog.set_config('entente.written', (\(writtenSoFar) + w.images)::text, true)
        FROM (SELECT count(*) AS images FROM written) AS w
        """
    }
}
