import Inference
import Testbed
import Testing

@testable import Persistence

@Suite struct JobStandingTests {
    private let database: TestDatabase
    private let connection: Connection
    private let analysis: String
    private let partition = PartitionKey(group: "g", topic: "jobs", partition: 3)
    private let epoch: Int64

    init() throws {
        database = try TestDatabase()
        connection = try database.connect()
        analysis = try Fixture.register(on: connection)
        epoch = try OffsetLedger(connection).claim(partition, owner: "w").epoch
    }

    private func begin(
        _ images: [Identifier], force: Bool = false, submission: Identifier? = nil, epoch: Int64? = nil
    ) throws -> JobStanding? {
        try InFlightStore(connection).begin(
            partition, offset: 7, epoch: epoch ?? self.epoch, alone: false, analysisID: analysis,
            images: images.map { ImageReference(id: $0, uri: "file:///\($0)", label: "n00") },
            force: force, submissionID: submission)
    }

    private func standing(
        _ images: [Identifier], force: Bool = false, submission: Identifier? = nil
    ) throws -> [StandingResult] {
        guard case .wanted(let results)? = try begin(images, force: force, submission: submission) else {
            Issue.record("not wanted")
            return []
        }
        return results.map(\.result)
    }

    /// What stands is just what a write would leave as it is.
    @Test func itAgreesWithTheWriter() throws {
        let writer = BatchWriter(connection)
        try writer.write(
            WriteBatch(results: [
                Fixture.row("by nobody", analysisID: analysis),
                Fixture.row("by old", analysisID: analysis, submission: "old"),
            ]))
        var grouped = Fixture.row("by young", analysisID: analysis, submission: "young")
        grouped.groupDigest = "d"
        try writer.write(WriteBatch(results: [grouped]))
        let images: [Identifier] = ["new", "by young", "by nobody", "by old"]
        for (force, submission) in [
            (false, nil), (false, "young"), (true, nil), (true, "old"), (true, "young"), (true, "unheard of"),
        ] as [(Bool, Identifier?)] {
            let results = try standing(images, force: force, submission: submission)
            try #require(results.count == images.count)
            for (image, result) in zip(images, results) {
                let stands = try !wouldWrite(image, force: force, submission: submission)
                let expected: StandingResult = stands ? (image == "by young" ? .ofGroup("d") : .ofImage) : .missing
                #expect(result == expected, "\(image), force \(force), \(submission?.text ?? "none")")
            }
        }
    }

    /// Writes the row in a transaction that is taken back.
    private func wouldWrite(_ image: Identifier, force: Bool, submission: Identifier?) throws -> Bool {
        let row = Fixture.row(image, analysisID: analysis, submission: submission, force: force, worker: "probe")
        let plan = try BatchPlan(WriteBatch(results: [row]), keepData: false, knownSubmissions: [])
        let answers = try connection.pipelinedTransaction(plan.calls, commit: false)
        return try plan.outcome(answers).imagesWritten == 1
    }

    @Test func theJobIsNotedUnlessItIsAnothers() throws {
        #expect(try begin(["a"], epoch: epoch + 1) == nil)
        #expect(try connection.query("SELECT FROM entente.in_flight_jobs").count == 0)
        #expect(try begin([]) == .wanted([]))
        #expect(try connection.query("SELECT message_offset FROM entente.in_flight_jobs").bigint(0, 0) == 7)
    }

    /// An image without an answer would be passed over as if its result stood.
    @Test func everyImageHasAnAnswer() throws {
        try connection.exec(
            """
            DROP FUNCTION entente.open_job;
            CREATE FUNCTION entente.open_job(
                text, text, integer, bigint, bigint, boolean, text, text[], text[], boolean, text,
                OUT is_ours boolean, OUT is_cancelled boolean, OUT standing text[], OUT states text[], OUT labels text[],
                OUT label_indexes integer[], OUT hashes text[], OUT elsewhere boolean[], OUT later boolean[]
            ) LANGUAGE sql AS $$ SELECT true, false, ARRAY[NULL, 'd'], ARRAY[NULL, 'done'], ARRAY[NULL, 'l'], ARRAY[NULL, 3],
                ARRAY[NULL, 'ab'], ARRAY[false, true], ARRAY[false, true] $$
            """)
        let known = StandingImage(
            state: .done, result: .ofGroup("d"), label: "l", labelIndex: 3, sha256: "ab", isElsewhere: true,
            isLater: true)
        #expect(try begin(["a", "b"]) == .wanted([StandingImage(), known]))
        let error = #expect(throws: PersistenceError.self) { try begin(["a", "b", "c"]) }
        #expect(error?.code == .answer)
    }

    @Test func whatIsKnownIsTold() throws {
        let store = SubmissionStore(connection)
        let (first, second) = (
            try store.create(analysisID: analysis, kind: .submit), try store.create(analysisID: analysis, kind: .submit)
        )
        try store.expect([ImageReference(id: "a", uri: "file:///a", label: "n01", sha256: "ab")], of: first)
        try store.expect([ImageReference(id: "b", uri: "file:///elsewhere", label: "n02")], of: second)
        var row = Fixture.row("c", analysisID: analysis, submission: second.id)
        row.image.uri = "data:image/png;base64,QUJD"
        try BatchWriter(connection).write(WriteBatch(results: [row]))
        guard case .wanted(let known)? = try begin(["b", "a", "c", "d"], submission: first.id) else {
            Issue.record("not wanted")
            return
        }
        #expect(
            known == [
                StandingImage(state: .pending, label: "n02", isElsewhere: true, isLater: true),
                StandingImage(state: .pending, label: "n01", sha256: "ab"),
                StandingImage(
                    state: .done, result: .ofImage, label: "n00", labelIndex: 0, sha256: "00", isElsewhere: true,
                    isLater: true),
                StandingImage(),
            ])
        let noted = try connection.query("SELECT image_id, uri, other_uri FROM entente.images ORDER BY image_id")
        #expect(
            try noted.optionalText(0, 2) == nil && noted.text(1, 1) == "file:///elsewhere"
                && noted.text(1, 2) == "file:///b")
    }

    /// A job that replaces what it names says so when it is written, not before.
    @Test func aForcedJobNotesNoURI() throws {
        let submission = try SubmissionStore(connection).create(analysisID: analysis, kind: .submit, force: true)
        try SubmissionStore(connection).expect([ImageReference(id: "a", uri: "file:///elsewhere")], of: submission)
        _ = try begin(["a"], force: true, submission: submission.id)
        #expect(try connection.query("SELECT other_uri FROM entente.images").optionalText(0, 0) == nil)
    }

    @Test func whatWasCalledOffIsNotWanted() throws {
        let submissions = SubmissionStore(connection)
        let ids = try (0..<2).map { _ in try submissions.create(analysisID: analysis, kind: .submit).id }
        _ = try submissions.cancel(ids[1].text)
        #expect(try begin(["a"], submission: ids[0]) == .wanted([StandingImage()]))
        #expect(try begin(["a"], submission: ids[1]) == .cancelled)
        #expect(try ids.map(submissions.isCancelled) == [false, true])
    }

    /// A session's plan that was made while the table was empty has to do when it is not, and before anybody analyses it.
    @Test func anEmptyTableMisleadsNoPlan() throws {
        try connection.exec("ALTER TABLE entente.image_results SET (autovacuum_enabled = false)")
        let asked: [Identifier] = (0..<8).map { "\($0 * 500)" }
        // From the sixth time on, a session plans for any values.
        for _ in 0..<8 { #expect(try standing(asked) == Array(repeating: .missing, count: 8)) }
        try connection.exec(
            """
            SET session_replication_role = replica;
            INSERT INTO entente.image_results (analysis_id, image_id, predicted_index, top_classes, top_similarities,
                worker, kernel_set, method_revision, fetch_microseconds, decode_microseconds, encode_microseconds,
                concepts_microseconds, shard)
            SELECT '\(analysis)', n::text, 0, '{0}', '{0.5}', 'w', 'k', 1, 0, 0, 0, 0, 0 FROM generate_series(0, 4999) AS n;
            """)
        try connection.transaction {
            let before = try rowsRead()
            #expect(try standing(asked) == Array(repeating: .ofImage, count: 8))
            #expect(try rowsRead() - before <= 8, "each by its key")
        }
    }

    /// Rows of results that were read in this transaction.
    private func rowsRead() throws -> Int64 {
        try connection.query(
            """
            SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables
            WHERE relid = 'entente.image_results'::regclass
            """
        ).bigint(0, 0)
    }
}
