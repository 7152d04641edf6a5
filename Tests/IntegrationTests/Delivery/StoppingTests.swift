import Foundation
import Persistence
import Testbed
import Testing

/// However a worker stops, the next one goes on where the tables are, and every picture counts once.
@Suite(.startsWorkers(lasting: 40)) struct StoppingTests {
    /// One picture a job, so that the stored offsets are the number of results.
    private static let ids = DrawnWorld.ids(perClass: 5)

    @Test func stoppedAndKilledWorkersLoseNothing() async throws {
        try await onOwnThread {
            let site = try Site()
            defer { site.end() }
            let submitted = try site.submit(Self.ids, imagesPerJob: 1)
            #expect(submitted.jobs == Self.ids.count)
            let connection = try site.connect()

            // Asked to stop in the middle of the work: what is in flight is finished, the rest is left.
            let first = try site.worker(["--lanes", "1"])
            try Self.awaitResults(8, connection)
            first.signal(SIGTERM)
            let end = try first.wait(within: 60)
            #expect(end.status == 0, "\(end)")
            #expect(end.errors.contains("worker ends"))
            let left = try Self.expectConsistent(site, submitted)
            try #require(left.pending > 0, "nothing was left to go on with; submit more")

            // Killed while its transaction waits in the middle, offset advanced and rows not yet written. The server
            // may roll it back or commit it: both are fine, half of it is not. The other member takes over.
            let blocker = try site.connect()
            try blocker.exec("SET idle_in_transaction_session_timeout = 0")
            try blocker.exec("BEGIN; LOCK TABLE entente.part_results IN SHARE MODE")
            let second = try site.worker(["--lanes", "1"])
            let survivor = try site.worker(["--lanes", "1"])
            try eventually(within: 120, "the transactions of both workers wait") {
                try connection.number(
                    """
                    SELECT count(DISTINCT pid) FROM pg_locks
                    WHERE NOT granted AND relation = 'entente.part_results'::regclass
                    """) == 2
            }
            second.signal(SIGKILL)
            #expect(try second.wait().status == -SIGKILL)
            try blocker.exec("ROLLBACK")
            try eventually(within: 180, "the survivor does the rest") {
                try connection.number("SELECT count(*) FROM entente.image_results") >= Self.ids.count
            }
            survivor.signal(SIGTERM)
            let last = try survivor.wait(within: 60)
            #expect(last.status == 0, "\(last)")

            _ = try Self.expectConsistent(site, submitted)
            #expect(
                try site.status(submitted.analysis)
                    == Standing(expected: Self.ids.count, done: Self.ids.count, failed: 0, pending: 0))
            #expect(try connection.number("SELECT count(*) FROM entente.part_results") == 2 * Self.ids.count)
            #expect(try connection.number("SELECT count(*) FROM entente.failed_images") == 0)
            #expect(try connection.number("SELECT count(*) FROM entente.dead_letters") == 0)

            try Self.expectFirstWriteWins(site, submitted, connection)
        }
    }

    /// In the first seconds a worker has neither partitions nor a model.
    @Test(arguments: [SIGTERM, SIGINT]) func aWorkerThatHasHardlyStartedStops(signal: Int32) async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1)
            defer { site.end() }
            let worker = try site.worker()
            try worker.waitForErrors(containing: "worker starts")
            worker.signal(signal)
            let end = try worker.wait(within: 60)
            #expect(end.status == 0, "\(end)")
            #expect(end.errors.contains("worker ends"), "\(end)")
        }
    }

    /// A job that would last minutes is broken off when the grace period is over, and is no suspect afterwards.
    @Test func aLongJobDoesNotHoldUpTheEnd() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1)
            defer { site.end() }
            let submitted = try site.submit(DrawnWorld.ids(perClass: 9), imagesPerJob: 256)
            #expect(submitted.jobs == 1)
            let worker = try site.worker(
                ["--lanes", "1", "--batch-size", "4"], environment: ["ENTENTE_WORKER_GRACE_PERIOD": "1"])
            try worker.waitForErrors(containing: "analysis loaded", within: 120)
            let connection = try site.connect()
            try eventually("the job is in flight") {
                try connection.number("SELECT count(*) FROM entente.in_flight_jobs") == 1
            }
            worker.signal(SIGTERM)
            let end = try worker.wait(within: 11)
            #expect(end.status == 0, "\(end)")
            #expect(!end.errors.contains("level=error"), "\(end)")
            #expect(try connection.number("SELECT count(*) FROM entente.image_results") == 0, "the job was too short")
            #expect(try connection.number("SELECT count(*) FROM entente.in_flight_jobs") == 0)
            #expect(try site.status(submitted.analysis).failed == 0)
        }
    }

    /// A worker that stops since too much fails says so in order: the next one suspects no job.
    @Test func aWorkerThatGivesUpLeavesNoSuspects() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 2)
            defer { site.end() }
            let submitted = try site.submit(Self.ids, imagesPerJob: 1)
            for id in Self.ids { try FileManager.default.removeItem(atPath: site.root + "/" + id) }
            let end = try site.worker(environment: ["ENTENTE_FAILURE_JOB_LIMIT": "3"]).wait(within: 120)
            #expect(end.status == 69, "\(end)")
            #expect(try site.connect().number("SELECT count(*) FROM entente.in_flight_jobs") == 0)
            #expect(try site.status(submitted.analysis).pending > 0)
        }
    }

    private static func awaitResults(_ count: Int, _ connection: Connection) throws {
        try eventually(within: 120, "\(count) results") {
            try connection.number("SELECT count(*) FROM entente.image_results") >= count
        }
    }

    /// Expects that offsets, rows and roll-ups tell one story.
    private static func expectConsistent(
        _ site: Site, _ submitted: Site.Submitted, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Standing {
        let standing = try site.status(submitted.analysis)
        let results = try site.connect().number("SELECT count(*) FROM entente.image_results")
        #expect(try site.offsetsStored() == results, sourceLocation: sourceLocation)
        #expect(standing.done == results, sourceLocation: sourceLocation)
        #expect(standing.expected == ids.count, sourceLocation: sourceLocation)
        #expect(standing.pending == ids.count - results, sourceLocation: sourceLocation)
        try site.expectRollupsTrue(sourceLocation: sourceLocation)
        return standing
    }

    /// Sends some pictures again, and others with `--force`.
    private static func expectFirstWriteWins(
        _ site: Site, _ first: Site.Submitted, _ connection: Connection
    ) throws {
        let again = Array(ids.prefix(12))
        let forced = Array(ids.suffix(6))
        let findings = try StoredRows(connection)
        let rows = try StoredRows(connection, whole: true)
        let second = try site.submit(again, imagesPerJob: 5)
        let third = try site.submit(forced, imagesPerJob: 4, ["--force"])
        #expect(second.analysis == first.analysis && third.analysis == first.analysis)
        #expect(Set([first, second, third].map(\.submission)).count == 3)
        let standing = Standing(expected: ids.count, done: ids.count, failed: 0, pending: 0)
        #expect(try site.status(first.analysis) == standing, "pictures that are done already are not expected again")

        try site.work()
        #expect(try StoredRows(connection).differences(from: findings) == [], "force computes the same")
        let touched = try StoredRows(connection, whole: true).differences(from: rows)
        let forcedParts = Set(forced.flatMap { ["part \($0) kmeans", "part \($0) pca"] })
        #expect(
            touched.filter { !forcedParts.contains($0) } == forced.sorted().map { "image " + $0 },
            "forced rows are replaced and no others")
        #expect(
            try connection.strings(
                """
                SELECT DISTINCT s.submission_id FROM entente.image_results AS r
                JOIN entente.submissions AS s ON s.sequence = r.submission ORDER BY 1
                """) == [first.submission, third.submission].sorted())
        #expect(try site.status(first.analysis) == standing)
        #expect(try site.offsetsStored() == first.jobs + second.jobs + third.jobs)
        try site.expectRollupsTrue()
    }
}
