import Concepts
import Testbed
import Testing

@testable import Persistence

@Suite struct AnalysisRemovalTests {
    private let database: TestDatabase
    private let connection: Connection
    private let doomed: String
    private let kept: String

    /// Two analyses of seven images each, with failures, dead letters of either and of both, and a replay.
    init() throws {
        database = try TestDatabase()
        connection = try database.connect()
        doomed = try Fixture.register("doomed", on: connection)
        kept = try Fixture.register("kept", on: connection)
        let submissions = SubmissionStore(connection)
        var rng = Seeded(7)
        for (offset, id) in [(0, doomed), (10, kept)] as [(Int64, String)] {
            let submission = try submissions.create(
                analysisID: id, kind: .replay, replayedFrom: id == kept ? doomed : nil)
            try BatchWriter(connection).write(
                WriteBatch(
                    results: (0..<5).map { Fixture.randomRow("image \($0)", analysisID: id, &rng) },
                    failures: [
                        Fixture.failure("image 5", analysisID: id, offset: offset),
                        Fixture.failure("image 6", analysisID: id, offset: 99),
                        Fixture.failure(nil, analysisID: id, offset: offset + 1),
                    ],
                    deadLetters: [offset, offset + 1, 99].map {
                        DeadLetter(
                            source: .init(topic: "jobs", partition: 1, offset: $0), key: nil, value: [], reason: "r")
                    }))
            try submissions.plan(jobs: 1, of: submission)
            try submissions.produced(jobs: 1, of: submission)
        }
        try AnalysisStore(connection).storeLanguageConcepts(
            [[.init(descriptor: 1, similarity: 0.5)]], analysisID: doomed)
    }

    private struct Broken: Error {}

    /// Tables that have rows of an analysis left.
    private func traces(of id: String) throws -> [String] {
        let tables = try connection.query(
            """
            SELECT c.relname::text FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
            WHERE c.relnamespace = 'entente'::regnamespace AND c.relkind = 'r' AND a.attname = 'analysis_id' ORDER BY 1
            """)
        #expect(tables.count > 12)
        return try (0..<tables.count).map { try tables.text($0, 0) }.filter { table in
            try connection.query("SELECT count(*) FROM entente.\(table) WHERE analysis_id = $1", [.text(id)])
                .bigint(0, 0) > 0
        }
    }

    private func summary() throws -> [String] {
        let rows = try connection.query(
            "SELECT to_jsonb(s)::text FROM entente.analysis_summary AS s WHERE analysis_id = $1 ORDER BY 1",
            [.text(kept)])
        return try (0..<rows.count).map { try rows.text($0, 0) }
    }

    @Test func everythingOfItGoesAndNothingElse() throws {
        let before = try summary()
        let keptTraces = try traces(of: kept)
        let removal = AnalysisRemoval(connection, analysisID: doomed)
        var steps: [Int] = []
        // Broken off after the second batch, seen from another session, and taken up again.
        #expect(throws: Broken.self) {
            try removal.run(batchSize: 2) { count in
                steps.append(count)
                #expect(try Verifier(database.connect()).differences() == [])
                if count == 4 { throw Broken() }
            }
        }
        #expect(try SubmissionStore(connection).progress(analysisID: doomed).expected == 3)
        #expect(try removal.run(batchSize: 2) { steps.append($0) } == 3)
        #expect(steps == [2, 4, 2, 3])
        #expect(try traces(of: doomed) == [])
        #expect(try traces(of: kept) == keptTraces)
        #expect(try summary() == before)
        #expect(try before.count == 4 && AnalysisStore(connection).list().map(\.id) == [kept])
        // The letter that speaks of both stays.
        #expect(
            try DeadLetterStore(connection).list().map(\.letter.id).sorted() == ["jobs/1/10", "jobs/1/11", "jobs/1/99"])
        #expect(try Verifier(connection).differences() == [])
    }

    @Test func aWorkerIsToldWhoMay() throws {
        try connection.exec("SET ROLE entente_worker")
        let error = #expect(throws: PersistenceError.self) {
            try AnalysisRemoval(connection, analysisID: doomed).run(batchSize: 100)
        }
        #expect(error?.sqlState == "42501")
        #expect(error?.description.contains("entente_worker may not delete") == true, "\(error as Any)")
        #expect(error?.description.contains("entente_owner") == true, "\(error as Any)")
        try connection.exec("RESET ROLE")
        #expect(try SubmissionStore(connection).progress(analysisID: doomed).expected == 7)
    }

    @Test func whatIsUnderWayIsAnObstacle() throws {
        let removal = AnalysisRemoval(connection, analysisID: doomed)
        #expect(try removal.obstacles() == .init(unfinishedSubmissions: 0, pendingImages: 0))
        let store = SubmissionStore(connection)
        let submission = try store.create(analysisID: doomed, kind: .submit)
        try store.expect([ImageReference(id: "new", uri: "file:///n")], of: submission)
        #expect(try removal.obstacles() == .init(unfinishedSubmissions: 1, pendingImages: 1))
        _ = try store.cancel(submission.id.text)
        #expect(try removal.obstacles() == .init(unfinishedSubmissions: 0, pendingImages: 0))
    }
}
