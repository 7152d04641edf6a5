import Concepts
import Testbed
import Testing

@testable import Persistence

@Suite struct RoleTests {
    private func become(_ role: String) throws -> (TestDatabase, Connection) {
        let database = try TestDatabase()
        let connection = try database.connect()
        try connection.exec("SET ROLE \(role)")
        return (database, connection)
    }

    private func denied(_ connection: Connection, _ sql: String) -> Bool {
        do {
            try connection.exec(sql)
            return false
        } catch let error as PersistenceError { return error.sqlState == "42501" } catch { return false }
    }

    @Test func theWorkerDoesItsWholeWork() throws {
        let (_, connection) = try become("entente_worker")
        try Migrator(connection).check()
        let id = try Fixture.register(on: connection)
        let submissions = SubmissionStore(connection)
        let submission = try submissions.create(analysisID: id, kind: .submit, force: true)
        try submissions.expect([ImageReference(id: "a", uri: "file:///a")], of: submission)
        try submissions.plan(jobs: 1, of: submission)
        try submissions.produced(jobs: 1, of: submission)
        let partition = PartitionKey(group: "g", topic: "jobs", partition: 1)
        let claim = try OffsetLedger(connection).claim(partition, owner: "w")
        let jobs = InFlightStore(connection)
        try jobs.announce(owner: "w")
        #expect(try jobs.take(partition, offset: 7, epoch: claim.epoch, alone: false))
        #expect(try jobs.suspects(of: partition) == [])
        try jobs.release(partition, epoch: claim.epoch)
        #expect(
            try jobs.begin(
                partition, offset: 8, epoch: claim.epoch, alone: false, analysisID: id,
                images: [ImageReference(id: "a", uri: "file:///a")], force: true,
                submissionID: submission.id) == .wanted([StandingImage(state: .pending)]))
        #expect(try !submissions.isCancelled(submission.id))
        let writer = BatchWriter(connection)
        try writer.write(
            WriteBatch(
                offsets: [.init(partition: partition, epoch: claim.epoch, expected: nil, next: 3)],
                results: [Fixture.row("a", analysisID: id)], failures: [Fixture.failure("b", analysisID: id)],
                deadLetters: [
                    .init(source: .init(topic: "jobs", partition: 1, offset: 0), key: nil, value: nil, reason: "r")
                ]))
        try writer.write(
            WriteBatch(results: [Fixture.row("a", analysisID: id, submission: submission.id, force: true)]))
        var grouped = Fixture.row("c", analysisID: id)
        grouped.groupDigest = "d"
        try writer.write(WriteBatch(results: [grouped]))
        grouped.groupDigest = "e"
        #expect(try writer.refused(in: WriteBatch(results: [grouped])).map(\.row) == [0])
        let letters = DeadLetterStore(connection)
        #expect(try letters.takeOutbox() && letters.backlog().count == 1)
        try letters.markPublished(letters.unpublished(limit: 10).map(\.letter.id))
        try AnalysisStore(connection).storeLanguageConcepts([[.init(descriptor: 1, similarity: 0.5)]], analysisID: id)
        _ = try TextEmbeddingStore(connection).put("h", .init(rows: 1, columns: 1, elements: [1]))
        #expect(try submissions.progress(analysisID: id) == .init(expected: 3, done: 2, failed: 1, pending: 0))
        #expect(try Verifier(connection).differences() == [])
    }

    @Test(arguments: [
        "DELETE FROM entente.in_flight_jobs", "SELECT entente.release_jobs('g', 't', 1)",
        "DELETE FROM entente.image_results", "DELETE FROM entente.job_offsets", "TRUNCATE entente.part_results",
        "CREATE TABLE entente.mine (a int)", "DROP TABLE entente.images", "ALTER TABLE entente.images ADD a int",
        "UPDATE entente.part_rollups SET images = 0", "INSERT INTO entente.progress_rollups VALUES ('a', 0, 1, 1, 1)",
        "UPDATE entente.schema_migrations SET version = 9", "CREATE VIEW entente.v AS SELECT 1",
    ])
    func theWorkerMayNot(sql: String) throws {
        let (_, connection) = try become("entente_worker")
        #expect(denied(connection, sql))
    }

    @Test func theReaderSeesViewsAndNothingElse() throws {
        let (_, connection) = try become("entente_reader")
        let relations = try connection.query(
            """
            SELECT relname::text, relkind = 'v' FROM pg_class
            WHERE relnamespace = 'entente'::regnamespace AND relkind IN ('r', 'v') ORDER BY 1
            """)
        #expect(relations.count > 20)
        for row in 0..<relations.count {
            let name = try relations.text(row, 0)
            if try relations.bool(row, 1) {
                try connection.query("SELECT * FROM entente.\(name) LIMIT 1")
            } else {
                #expect(denied(connection, "SELECT * FROM entente.\(name)"), "\(name)")
            }
        }
        for sql in [
            "INSERT INTO entente.analysis_names VALUES ('a', 'b')", "CREATE TABLE entente.mine (a int)",
            "SELECT entente.claim_offset('a', 'b', 1, 'c', 10)",
        ] { #expect(denied(connection, sql), "\(sql)") }
    }

    /// What lists things by rights, as query builders do, shows the reader views alone, and README names each.
    @Test func whatIsListedByRightsIsWhatIsDocumented() throws {
        let (_, connection) = try become("entente_reader")
        let listed = try connection.query(
            """
            SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'entente'
            UNION SELECT table_name::text FROM information_schema.columns WHERE table_schema = 'entente'
            """)
        let names = Set(try (0..<listed.count).map { try listed.text($0, 0) })
        let readme = try String(contentsOfFile: Checkout.root + "/README.md", encoding: .utf8)
        let table = try #require(readme.split(separator: "| view | one row is |").last?.split(separator: "\n\n").first)
        let documented = table.split(separator: "\n").dropFirst().flatMap { line in
            line.split(separator: "|").dropFirst().first?.matches(of: /`(\w+)`/).map { String($0.1) } ?? []
        }
        #expect(Set(documented) == names)
        #expect(documented.count == names.count, "some are there twice")
    }

    @Test func anybodyElseSeesNothing() throws {
        let database = try TestDatabase()
        let connection = try database.connect()
        let role = "stranger_\(database.name)"
        try connection.exec("CREATE ROLE \(role); SET ROLE \(role)")
        #expect(denied(connection, "SELECT * FROM entente.analysis_progress"))
        #expect(denied(connection, "SELECT entente.advance_offset('a', 'b', 1, 1, 1, 1)"))
    }
}
