import Concepts

/// Results as parallel arrays: one element an image, one a part method, one a curve that explanations are judged by.
struct ResultColumns {
    private struct Part {
        let row: ImageRow
        let found: PartFindings
    }

    private struct Judged {
        let row: ImageRow
        let curve: JudgedCurve
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
        Column(list: "top_probabilities", emptyIsNull: true) { $0.findings.top.compactMap(\.probability) },
        Column("group_name", \.image.group),
        Column("group_digest", \.groupDigest),
        Column("sha256", \.contentHash),
        Column("submission", as: Lookups.submission, \.submissionID),
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

    private static let judged = Columns<Judged>(
        [
            Column("analysis_id", \.row.analysisID),
            Column("image_id", \.row.image.id),
            Column("subject", \.curve.subject),
            Column("variant", \.curve.variant),
            Column("metric", \.curve.metric.rawValue),
            Column(integer: "label_index", \.row.labelIndex),
            Column("shard") { Int16(clamping: $0.row.shard) },
            Column(integer: "draws", \.curve.draws),
            Column(list: "points", \.curve.points),
            Column("amount", \.curve.amount),
            Column("difference", \.curve.difference),
        ], from: images.count + parts.count + 1)

    var parameters: [Parameter] {
        let parts = rows.flatMap { row in row.findings.partMethods.map { Part(row: row, found: $0) } }
        let judged = rows.flatMap { row in row.findings.judged.map { Judged(row: row, curve: $0) } }
        return Self.images.parameters(rows) + Self.parts.parameters(parts)
            + (isJudged ? Self.judged.parameters(judged) : [])
    }

    /// Few analyses judge anything, and the others' statements need not know how.
    private var isJudged: Bool { rows.contains { !$0.findings.judged.isEmpty } }

    /// Only images whose own row was written get parts and curves, so that a row and these are always of one computation.
    var firstWrite: Call { Call(isJudged ? Self.firstJudged : Self.first, parameters) }
    var replacement: Call { Call(isJudged ? Self.replaceJudged : Self.replace, parameters) }

    private static let first = Statement(
        "entente_write_results", sql(onImage: "DO NOTHING", onPart: "DO NOTHING"))
    private static let firstJudged = Statement(
        "entente_write_judged_results", sql(onImage: "DO NOTHING", onPart: "DO NOTHING", onCurve: "DO NOTHING"))
    private static let replace = Statement("entente_replace_results", sql(onImage: newerImage, onPart: anyPart))
    private static let replaceJudged = Statement(
        "entente_replace_judged_results",
        sql(
            onImage: newerImage, onPart: anyPart,
            onCurve: "(analysis_id, image_id, subject, variant, metric) DO UPDATE SET \(judged.updates(behind: 5))"))

    private static let newerImage = """
        (analysis_id, image_id) DO UPDATE SET \(images.updates(behind: 2)), written_at = excluded.written_at
        WHERE r.submission IS NULL OR r.submission < excluded.submission
        """
    private static let anyPart = "(analysis_id, image_id, part_method) DO UPDATE SET \(parts.updates(behind: 3))"

    /// SQL of the images that this transaction has written, so that what follows in it may depend on them.
    static let writtenSoFar =
        "coalesce(nullif(pg_catalog.current_setting('entente.written', true), ''), '0')::integer"

    /// - Parameter onCurve: nil for no curves.
    private static func sql(onImage: String, onPart: String, onCurve: String? = nil) -> String {
        let curves = onCurve.map { action in
            """
            , judged AS (
                INSERT INTO entente.judged_results (\(judged.names))
                SELECT \(judged.values) FROM \(judged.source)
                JOIN written AS w ON w.analysis_id = u.analysis_id AND w.image_id = u.image_id
                ORDER BY u.analysis_id, u.image_id, u.subject, u.variant, u.metric
                ON CONFLICT \(action)
            )
            """
        }
        return """
            WITH written AS (
                INSERT INTO entente.image_results AS r (\(images.names))
                SELECT \(images.values) FROM \(images.source)
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
            )\(curves ?? "")
            SELECT w.images::integer, (SELECT count(*) FROM parts)::integer,
                pg_catalog.set_config('entente.written', (\(writtenSoFar) + w.images)::text, true)
            FROM (SELECT count(*) AS images FROM written) AS w
            """
    }
}
