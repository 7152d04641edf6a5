import Inference

/// Images on their way into the table, each once.
struct ImageColumns {
    private struct Row {
        let analysisID: String
        let image: ImageReference
        let uri: String
        let submissionID: Identifier?
        let shard: Int
    }

    private let keepData: Bool
    private var seen: Set<ImageKey> = []
    private var rows: [Row] = []

    init(keepData: Bool) { self.keepData = keepData }

    var isEmpty: Bool { rows.isEmpty }
    var keys: [ImageKey] { rows.map { ImageKey(analysisID: $0.analysisID, imageID: $0.image.id) } }

    mutating func add(_ image: ImageReference, analysisID: String, submissionID: Identifier?, shard: Int) {
        guard seen.insert(ImageKey(analysisID: analysisID, imageID: image.id)).inserted else { return }
        rows.append(
            Row(
                analysisID: analysisID, image: image, uri: image.storedURI(keepData: keepData),
                submissionID: submissionID, shard: shard))
    }

    private static let columns = Columns<Row>([
        Column("analysis_id", \.analysisID),
        Column("image_id", \.image.id),
        Column("uri", \.uri),
        Column("sha256", \.image.sha256),
        Column("label", \.image.label),
        Column("group_name", \.image.group),
        Column("submission", as: Lookups.submission, \.submissionID),
        Column("shard") { Int16(clamping: $0.shard) },
    ])

    private static let insert =
        "INSERT INTO entente.images AS i (\(columns.names)) SELECT \(columns.values) FROM \(columns.source)"

    /// A worker adds what it is the first to see. An analysis that nobody registered has no images, only failures.
    private static let addUnseen = Statement(
        "entente_meet_images",
        """
        \(insert)
        WHERE (SELECT true FROM entente.analyses AS a WHERE a.analysis_id = u.analysis_id)
        ORDER BY u.analysis_id COLLATE "C", u.image_id COLLATE "C"
        ON CONFLICT DO NOTHING
        """)

    private static let isForced = "$\(columns.count + 1)"
    private static let isOpen = "(i.state <> 'done' OR \(isForced))"
    private static let isAnew = "(i.state = 'failed' OR \(isForced))"

    /// A submission also says where an image is now, unless its result is in and stays; the other place of the two is noted.
    /// Which picture it is, and of what, it says only of one that failed, or that it forces.
    private static let expect = Statement(
        "entente_expect_images",
        """
        \(insert)
        ORDER BY u.analysis_id COLLATE "C", u.image_id COLLATE "C"
        ON CONFLICT (analysis_id, image_id) DO UPDATE SET
            uri = CASE WHEN \(isOpen) THEN excluded.uri ELSE i.uri END,
            other_uri = CASE WHEN NOT entente.is_elsewhere(i.uri, excluded.uri) THEN i.other_uri
                WHEN \(isOpen) THEN i.uri ELSE excluded.uri END,
            sha256 = CASE WHEN \(isAnew) THEN excluded.sha256 ELSE coalesce(i.sha256, excluded.sha256) END,
            label = CASE WHEN \(isAnew) THEN excluded.label ELSE i.label END,
            group_name = CASE WHEN \(isOpen) THEN excluded.group_name ELSE i.group_name END,
            submission = CASE WHEN \(isOpen) THEN excluded.submission ELSE i.submission END
        WHERE \(isOpen) OR entente.is_elsewhere(i.uri, excluded.uri)
        RETURNING (i.xmax = 0) AS is_new
        """)

    var call: Call { Call(Self.addUnseen, Self.columns.parameters(rows)) }

    /// Returns a row for each image that was added or changed, saying whether it is new.
    func expected(force: Bool) -> Call { Call(Self.expect, Self.columns.parameters(rows) + [.bool(force)]) }
}
