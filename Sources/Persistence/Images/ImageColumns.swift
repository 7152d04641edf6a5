/// Images as parallel arrays, each image once.
struct ImageColumns {
    private let keepData: Bool
    private var seen: Set<ImageKey> = []
    private var analyses: [String] = []
    private var ids: [String] = []
    private var uris: [String] = []
    private var hashes: [String?] = []
    private var labels: [String?] = []
    private var groups: [String?] = []
    private var submissions: [String?] = []
    private var shards: [Int16] = []

    init(keepData: Bool) { self.keepData = keepData }

    var isEmpty: Bool { ids.isEmpty }

    mutating func add(_ image: ImageReference, analysisID: String, submissionID: String?, shard: Int) {
        guard seen.insert(ImageKey(analysisID: analysisID, imageID: image.id)).inserted else { return }
        analyses.append(analysisID)
        ids.append(image.id)
        uris.append(image.storedURI(keepData: keepData))
        hashes.append(image.sha256)
        labels.append(image.label)
        groups.append(image.group)
        submissions.append(submissionID)
        shards.append(Int16(clamping: shard))
    }

    private var parameters: [Parameter] {
        [
            .texts(analyses), .texts(ids), .texts(uris), .texts(hashes), .texts(labels), .texts(groups),
            .texts(submissions), .smallints(shards),
        ]
    }

    private static let insert = """
        INSERT INTO entente.images AS i
            (analysis_id, image_id, uri, sha256, label, group_name, submission, shard)
        SELECT u.analysis_id, u.image_id, u.uri, u.sha256, u.label, u.group_name, s.sequence, u.shard
        FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::smallint[])
            AS u (analysis_id, image_id, uri, sha256, label, group_name, submission_id, shard)
        LEFT JOIN entente.submissions AS s ON s.submission_id = u.submission_id
        """

    /// A worker adds what it is the first to see. An analysis that nobody registered has no images, only failures.
    private static let meet = Statement(
        "entente_meet_images",
        """
        \(insert)
        WHERE EXISTS (SELECT FROM entente.analyses AS a WHERE a.analysis_id = u.analysis_id)
        ORDER BY u.analysis_id, u.image_id
        ON CONFLICT DO NOTHING
        """)

    /// A submission also says where an image is now, unless its result is in and stays.
    private static let expect = Statement(
        "entente_expect_images",
        """
        \(insert)
        ORDER BY u.analysis_id, u.image_id
        ON CONFLICT (analysis_id, image_id) DO UPDATE SET uri = excluded.uri, sha256 = excluded.sha256,
            label = excluded.label, group_name = excluded.group_name, submission = excluded.submission
        WHERE i.state <> 'done' OR $9
        RETURNING (i.xmax = 0) AS is_new
        """)

    var call: Call { Call(Self.meet, parameters) }

    /// Returns a row for each image that was added or changed, saying whether it is new.
    func expected(force: Bool) -> Call { Call(Self.expect, parameters + [.bool(force)]) }
}
