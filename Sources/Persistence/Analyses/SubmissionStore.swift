import Inference

/// What is expected to arrive: recorded before it is produced, so that nothing can be lost unnoticed and a replay
/// needs no Kafka retention.
public struct SubmissionStore {
    let connection: Connection
    private let keepData: Bool

    /// - Parameter keepData: store `data:` URIs whole, so that those images can be replayed.
    public init(_ connection: Connection, keepData: Bool = false) {
        self.connection = connection
        self.keepData = keepData
    }

    /// Images a transaction of ``expect(_:of:)``.
    static let chunk = 1000

    private static let create = Statement(
        "entente_create_submission",
        """
        INSERT INTO entente.submissions (submission_id, analysis_id, kind, force, replayed_from)
        VALUES (gen_random_uuid()::text, $1, $2, $3, $4) RETURNING submission_id
        """)
    private static let count = Statement(
        "entente_count_submission", "UPDATE entente.submissions SET images = images + $2 WHERE submission_id = $1")
    private static let addUnseen = Statement(
        "entente_meet_submission",
        """
        INSERT INTO entente.submissions (submission_id, analysis_id, kind, force)
        SELECT $1, $2, 'foreign', $3
        WHERE EXISTS (SELECT FROM entente.analyses AS a WHERE a.analysis_id = $2)
        ON CONFLICT DO NOTHING
        """)

    /// A submission that some other producer named.
    static func foreign(_ id: Identifier, analysisID: String, force: Bool) -> Call {
        Call(addUnseen, [.identifier(id), .text(analysisID), .bool(force)])
    }

    /// - Parameter replayedFrom: the analysis whose images are sent again.
    public func create(
        analysisID: String, kind: Submission.Kind, force: Bool = false, replayedFrom: String? = nil
    ) throws -> Submission {
        let rows = try connection.run(
            Self.create, [.text(analysisID), .text(kind.rawValue), .bool(force), .text(replayedFrom)])
        return Submission(id: try rows.identifier(0, 0), analysisID: analysisID, force: force)
    }

    /// Records images as expected. May be called any number of times, each image once.
    ///
    /// An image that the analysis knows already is not counted twice; its URI becomes what is given here, unless its result is in
    /// and the submission does not force it; its label and hash only if it failed, or if the submission forces it.
    /// - Returns: how many the analysis did not know.
    @discardableResult
    public func expect(_ images: [ImageReference], of submission: Submission) throws -> Int {
        var fresh = 0
        for start in stride(from: 0, to: images.count, by: Self.chunk) {
            let part = images[start..<min(start + Self.chunk, images.count)]
            var columns = ImageColumns(keepData: keepData)
            for image in part {
                try StorableText.check(key: image.id.text, "an image's id")
                for (text, what) in [
                    (image.uri, "uri"), (image.label?.text, "label"), (image.sha256, "sha256"),
                    (image.group?.text, "group"),
                ] { try StorableText.check(text, "image \(image.id): its \(what)") }
                columns.add(
                    image, analysisID: submission.analysisID, submissionID: submission.id, shard: Shard.submission)
            }
            do {
                let answers = try connection.pipelinedTransaction([
                    Lookups.begin, columns.expected(force: submission.force),
                    Call(Self.count, [.identifier(submission.id), .bigint(Int64(part.count))]),
                ])
                for row in 0..<answers[1].count where try answers[1].bool(row, 0) { fresh += 1 }
            } catch let failure as PipelineFailure { throw failure.error }
        }
        return fresh
    }

    /// How many jobs the submission consists of, once that is known.
    public func plan(jobs: Int, of submission: Submission) throws {
        try connection.query(
            "UPDATE entente.submissions SET jobs = $2 WHERE submission_id = $1",
            [.identifier(submission.id), .bigint(Int64(jobs))])
    }

    /// Counts jobs that the broker has acknowledged; the submission is finished with the last one.
    public func produced(jobs: Int, of submission: Submission) throws {
        try connection.query(
            """
            UPDATE entente.submissions SET jobs_produced = jobs_produced + $2,
                finished_at = CASE WHEN jobs_produced + $2 >= jobs THEN now() END
            WHERE submission_id = $1
            """, [.identifier(submission.id), .bigint(Int64(jobs))])
    }

    /// Whether it was called off: its jobs are not worth doing.
    public func isCancelled(_ id: Identifier) throws -> Bool {
        try connection.query(
            "SELECT EXISTS (SELECT FROM entente.submissions WHERE submission_id = $1 AND cancelled_at IS NOT NULL)",
            [.identifier(id)]
        ).bool(0, 0)
    }

    private static let progress = Statement(
        "entente_progress",
        "SELECT expected, done, failed, pending FROM entente.analysis_progress WHERE analysis_id = $1")

    /// - Throws: ``PersistenceError`` of code `not_found` for an analysis that nobody registered.
    public func progress(analysisID: String) throws -> AnalysisProgress {
        let rows = try connection.run(Self.progress, [.text(analysisID)])
        guard rows.count > 0 else {
            throw PersistenceError(.notFound, "no analysis has the id \(analysisID)")
        }
        return try AnalysisProgress(rows, 0, from: 0)
    }
}
