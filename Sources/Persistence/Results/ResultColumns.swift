import Concepts

/// Results as parallel arrays: one element an image, one a part method, and lists of unlike length end to end.
///
/// A list's place in its flat array is given by 1-based `from` and `to`, both inclusive, as SQL slices are.
struct ResultColumns {
    private struct Slices<Element> {
        var flat: [Element] = []
        var from: [Int32] = []
        var to: [Int32] = []

        mutating func append(_ list: some Sequence<Element>) {
            from.append(Int32(flat.count + 1))
            flat.append(contentsOf: list)
            to.append(Int32(flat.count))
        }
    }

    private var images: [ImageRow]
    private var topClasses = Slices<Int32>()
    private var topSimilarities: [Float] = []
    private var parts: [(row: ImageRow, found: PartFindings)] = []
    private var concepts = Slices<Int32>()
    private var relevances: [Float] = []
    private var conceptParts: [Int64] = []
    private var mutual: [Bool] = []
    private var curves = Slices<Int64>()
    private var membershipCurves: [Int64] = []
    private var boxes = Slices<Int16>()
    private var flags = Slices<String>()

    init(_ rows: [ImageRow]) {
        images = rows
        for row in rows {
            topClasses.append(row.findings.top.map { Int32($0.classIndex) })
            topSimilarities += row.findings.top.map(\.similarity)
            for found in row.findings.partMethods { append(row, found) }
        }
    }

    private mutating func append(_ row: ImageRow, _ found: PartFindings) {
        parts.append((row, found))
        let agreed = Set(found.mutualDescriptors)
        concepts.append(found.visionConcepts.map { Int32($0.descriptor) })
        relevances += found.visionConcepts.map(\.relevance)
        conceptParts += found.visionConcepts.map { $0.parts.reduce(0) { $0 | 1 << Int64($1) } }
        mutual += found.visionConcepts.map { agreed.contains($0.descriptor) }
        curves.append(found.agreement.released.curve.map(\.count))
        membershipCurves += found.agreement.membership.curve.map(\.count)
        boxes.append(found.boxes.flatMap { [$0.part, $0.top, $0.left, $0.bottom, $0.right].map { Int16($0) } })
        flags.append(found.flags.map(\.rawValue))
    }

    /// Refuses what the arrays above could not carry; what else is wrong with a row, the table's checks say.
    ///
    /// - Throws: ``PersistenceError`` of code `value`, naming image and field.
    static func check(_ row: ImageRow) throws {
        try StorableText.check(key: row.image.id, "an image's id")
        let image = "image \(row.image.id)"
        for (text, what) in [
            (row.image.uri, "uri"), (row.image.label, "label"), (row.image.sha256, "sha256"),
            (row.image.group, "group"), (row.contentHash, "content hash"), (row.groupDigest, "group digest"),
            (row.worker, "worker"), (row.kernelSet, "kernel set"),
        ] { try StorableText.check(text, "\(image): its \(what)") }
        if let submission = row.submissionID {
            try StorableText.check(key: submission, "\(image): its submission")
        }
        func need(_ holds: Bool, _ what: String) throws {
            if !holds { throw PersistenceError(.value, "\(image): \(what)") }
        }
        func fits(_ number: Int) -> Bool { Int32(exactly: number) != nil }
        try need((0...1023).contains(row.shard), "its shard \(row.shard) is not in 0...1023")
        try need(!row.findings.top.isEmpty, "it has no prediction")
        try need(
            row.findings.top.allSatisfy { fits($0.classIndex) } && fits(row.labelIndex ?? 0)
                && fits(row.methodRevision),
            "a class index or the method revision is beyond 32 bits")
        for found in row.findings.partMethods {
            let part = "its \(found.key) parts"
            try need(
                found.parts.allSatisfy { (-1...62).contains($0) }
                    && found.visionConcepts.allSatisfy { $0.parts.allSatisfy { (0...62).contains($0) } },
                "\(part) are numbered beyond 62")
            try need(
                (0...32_767).contains(found.gridHeight) && (0...32_767).contains(found.gridWidth)
                    && found.parts.count == found.gridHeight * found.gridWidth,
                "\(part) do not fill the \(found.gridHeight)×\(found.gridWidth) grid")
            try need(
                found.agreement.released.curve.count == found.visionConcepts.count + 1
                    && found.agreement.membership.curve.count == found.visionConcepts.count + 1,
                "\(part) have a curve that is not one point longer than their vision concepts")
            try need(
                found.visionConcepts.allSatisfy { fits($0.descriptor) }
                    && found.boxes.allSatisfy { box in
                        [box.part, box.top, box.left, box.bottom, box.right].allSatisfy { Int16(exactly: $0) != nil }
                    },
                "\(part) have a descriptor or box out of range")
        }
    }

    private func ints(_ value: (ImageRow) -> Int) -> Parameter { .ints(images.map { Int32(clamping: value($0)) }) }
    private func texts(_ value: (ImageRow) -> String?) -> Parameter { .texts(images.map(value)) }
    private func partInts(_ value: (PartFindings) -> Int) -> Parameter {
        .ints(parts.map { Int32(clamping: value($0.found)) })
    }
    private func nanoNats(_ value: (Agreement) -> NanoNats) -> Parameter {
        .bigints(parts.map { value($0.found.agreement).count })
    }
    private func doubles(_ value: (Agreement) -> Double?) -> Parameter {
        .doubles(parts.map { value($0.found.agreement) })
    }

    /// In the order of ``imageInput`` and ``partInput``.
    var parameters: [Parameter] {
        [
            texts(\.analysisID), texts(\.image.id), .ints(images.map { $0.labelIndex.map { Int32(clamping: $0) } }),
            .ints(topClasses.from), .ints(topClasses.to), .ints(topClasses.flat), .reals(topSimilarities),
            texts(\.image.group), texts(\.groupDigest), texts(\.contentHash), texts(\.submissionID), texts(\.worker),
            texts(\.kernelSet), ints(\.methodRevision), ints(\.timings.fetch), ints(\.timings.decode),
            ints(\.timings.encode), ints(\.timings.concepts), .smallints(images.map { Int16(clamping: $0.shard) }),
            .texts(parts.map(\.row.analysisID)), .texts(parts.map(\.row.image.id)),
            .texts(parts.map(\.found.key)), partInts(\.languageConcepts.count),
            partInts(\.mutualDescriptors.count), nanoNats(\.released.mi), nanoNats(\.released.auc),
            nanoNats(\.membership.mi), nanoNats(\.membership.auc), doubles(\.nmiMax), doubles(\.ami),
            doubles(\.pValue), partInts(\.gridHeight), partInts(\.gridWidth),
            .byteStrings(parts.map { $0.found.parts.map { UInt8(truncatingIfNeeded: $0) } }),
            .ints(concepts.from), .ints(concepts.to), .ints(concepts.flat), .reals(relevances),
            .bigints(conceptParts), .bools(mutual), .ints(curves.from), .ints(curves.to), .bigints(curves.flat),
            .bigints(membershipCurves), .ints(boxes.from), .ints(boxes.to), .smallints(boxes.flat),
            .ints(flags.from), .ints(flags.to), .texts(flags.flat),
        ]
    }

    // MARK: SQL

    /// Only images whose own row was written get parts, so that a row and its parts are always of one computation.
    static let firstWrite = Statement(
        "entente_write_results", sql(onImage: "DO NOTHING", onPart: "DO NOTHING"))

    static let replace = Statement(
        "entente_replace_results",
        sql(
            onImage: """
                (analysis_id, image_id) DO UPDATE SET \(assignments(imageColumns)), written_at = excluded.written_at
                WHERE r.submission IS NULL OR r.submission < excluded.submission
                """,
            onPart: "(analysis_id, image_id, part_method) DO UPDATE SET \(assignments(partColumns))"))

    private static let imageColumns = [
        "label_index", "predicted_index", "top_classes", "top_similarities", "group_name", "group_digest", "sha256",
        "submission", "worker", "kernel_set", "method_revision", "fetch_microseconds", "decode_microseconds",
        "encode_microseconds", "concepts_microseconds", "shard",
    ]

    private static let partColumns = [
        "label_index", "predicted_index", "shard", "vision_count", "language_count", "overlap", "mi_released",
        "auc_released", "mi_membership", "auc_membership", "nmi_max", "ami", "p_value", "grid_height", "grid_width",
        "grid", "vision_descriptors", "vision_relevances", "vision_parts", "vision_mutual", "curve_released",
        "curve_membership", "boxes", "flags",
    ]

    private static func assignments(_ columns: [String]) -> String {
        columns.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
    }

    private static func sql(onImage: String, onPart: String) -> String {
        """
        WITH written AS (
            INSERT INTO entente.image_results AS r (analysis_id, image_id, \(imageColumns.joined(separator: ", ")))
            SELECT u.analysis_id, u.image_id, u.label_index, ($6::integer[])[u.top_from],
                ($6::integer[])[u.top_from:u.top_to], ($7::real[])[u.top_from:u.top_to], u.group_name,
                u.group_digest, u.sha256, s.sequence, u.worker, u.kernel_set, u.method_revision, u.fetching, u.decoding,
                u.encoding, u.conceiving, u.shard
            FROM unnest($1::text[], $2::text[], $3::integer[], $4::integer[], $5::integer[], $8::text[], $9::text[],
                $10::text[], $11::text[], $12::text[], $13::text[], $14::integer[], $15::integer[], $16::integer[],
                $17::integer[], $18::integer[], $19::smallint[])
                AS u (analysis_id, image_id, label_index, top_from, top_to, group_name, group_digest, sha256,
                    submission_id, worker, kernel_set, method_revision, fetching, decoding, encoding, conceiving,
                    shard)
            LEFT JOIN entente.submissions AS s ON s.submission_id = u.submission_id
            ORDER BY u.analysis_id, u.image_id
            ON CONFLICT \(onImage)
            RETURNING r.analysis_id, r.image_id, r.label_index, r.predicted_index, r.shard
        ), parts AS (
            INSERT INTO entente.part_results AS r
                (analysis_id, image_id, part_method, \(partColumns.joined(separator: ", ")))
            SELECT w.analysis_id, w.image_id, p.part_method, w.label_index, w.predicted_index, w.shard,
                p.concept_to - p.concept_from + 1, p.language_count, p.overlap, p.mi_released, p.auc_released,
                p.mi_membership, p.auc_membership, p.nmi_max, p.ami, p.p_value, p.grid_height, p.grid_width, p.grid,
                ($37::integer[])[p.concept_from:p.concept_to], ($38::real[])[p.concept_from:p.concept_to],
                ($39::bigint[])[p.concept_from:p.concept_to], ($40::boolean[])[p.concept_from:p.concept_to],
                ($43::bigint[])[p.curve_from:p.curve_to], ($44::bigint[])[p.curve_from:p.curve_to],
                ($47::smallint[])[p.box_from:p.box_to], ($50::text[])[p.flag_from:p.flag_to]
            FROM unnest($20::text[], $21::text[], $22::text[], $23::integer[], $24::integer[], $25::bigint[],
                $26::bigint[], $27::bigint[], $28::bigint[], $29::double precision[], $30::double precision[],
                $31::double precision[], $32::integer[], $33::integer[], $34::bytea[], $35::integer[],
                $36::integer[], $41::integer[], $42::integer[], $45::integer[], $46::integer[], $48::integer[],
                $49::integer[])
                AS p (analysis_id, image_id, part_method, language_count, overlap, mi_released, auc_released,
                    mi_membership, auc_membership, nmi_max, ami, p_value, grid_height, grid_width, grid,
                    concept_from, concept_to, curve_from, curve_to, box_from, box_to, flag_from, flag_to)
            JOIN written AS w USING (analysis_id, image_id)
            ORDER BY w.analysis_id, w.image_id, p.part_method
            ON CONFLICT \(onPart)
            RETURNING 1
        )
        SELECT (SELECT count(*) FROM written)::integer, (SELECT count(*) FROM parts)::integer
        """
    }
}
