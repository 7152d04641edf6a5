import Foundation
import Persistence
import Testbed
import Testing

/// A job that ends every worker that touches it, and pictures that have all gone.
@Suite(.startsWorkers(lasting: 90)) struct PoisonTests {
    @Test func aJobThatCrashesAloneThreeTimesFails() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 2)
            defer { site.end() }
            let ids = DrawnWorld.ids(perClass: 1)
            let submitted = try site.submit(ids, imagesPerJob: 2)
            let connection = try site.connect()
            let poison = ids[ids.count / 2]
            let fault = ["ENTENTE_FAULT_CRASH_IMAGE": poison]
            var crashes = 0
            // Supervised as in production: started anew until one ends well.
            while true {
                let end = try site.worker(["--until-idle", "1"], environment: fault, of: Product.faulty).wait(
                    within: 120)
                if end.status == 0 { break }
                try #require(end.status == -SIGABRT, "\(end)")
                // A worker that dies has no time for a report: its partitions wait for its end.
                #expect(!end.errors.contains("Backtrace took"), "\(end)")
                crashes += 1
                try #require(crashes < 10, "\(end)")
            }
            #expect(crashes == 4, "once in together, three times alone")

            let failures = try connection.query(
                "SELECT image_id, kind, attempts, message FROM entente.failed_images ORDER BY image_id")
            #expect(failures.count == 2, "the images of the one job")
            let failed = try (0..<failures.count).map { try failures.text($0, 0) }
            #expect(failed.contains(poison))
            #expect(try failures.text(0, 1) == "crashed_worker" && failures.int(0, 2) == 3)
            #expect(try failures.text(0, 3).hasPrefix("3 workers crashed"))
            let standing = Standing(expected: ids.count, done: ids.count - 2, failed: 2, pending: 0)
            #expect(try site.status(submitted.analysis) == standing)
            #expect(try connection.number("SELECT count(*) FROM entente.in_flight_jobs") == 0)
            #expect(try connection.number("SELECT count(*) FROM entente.dead_letters") == 1)
            try site.expectRollupsTrue()

            // Mended: the same images again, and only the missing ones are computed.
            let again = try site.submit(ids, imagesPerJob: 2)
            #expect(again.analysis == submitted.analysis)
            try site.work()
            #expect(
                try site.status(submitted.analysis)
                    == Standing(expected: ids.count, done: ids.count, failed: 0, pending: 0))
            #expect(
                try connection.number(
                    """
                    SELECT count(*) FROM entente.image_results AS r JOIN entente.submissions AS s
                        ON s.sequence = r.submission WHERE s.submission_id = '\(again.submission)'
                    """) == 2)
            try site.expectRollupsTrue()
        }
    }

    /// Whoever ends workers from outside says nothing of the job that they happen to work on, however often: while the analysis
    /// is loaded, and in the middle of the pictures.
    @Test(arguments: [nil, 2]) func killsFromOutsideFailNoJob(after steps: Int?) async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1)
            defer { site.end() }
            let ids = DrawnWorld.ids(perClass: 4)
            let submitted = try site.submit(ids, imagesPerJob: 256)
            #expect(submitted.jobs == 1)
            let connection = try site.connect()
            for kill in 0..<5 {
                let worker = try site.worker(["--lanes", "1", "--batch-size", "2"])
                // It runs alone once a worker has vanished under it.
                let isAlone = kill > 0 ? "AND is_alone" : ""
                let isThere = kill > 0 ? steps.map { "AND progress >= \($0) AND attempts = \(kill - 1)" } ?? "" : ""
                try eventually(within: 120, "the job is in flight") {
                    try connection.number(
                        "SELECT count(*) FROM entente.in_flight_jobs WHERE true \(isAlone) \(isThere)") == 1
                }
                worker.signal(SIGKILL)
                #expect(try worker.wait().status == -SIGKILL)
            }
            let alone = try connection.query("SELECT attempts, crashes FROM entente.in_flight_jobs")
            #expect(try alone.int(0, 1) == 0)
            if steps != nil { #expect(try alone.int(0, 0) == 3, "the last is not judged yet") }
            try site.work()
            #expect(
                try site.status(submitted.analysis)
                    == Standing(expected: ids.count, done: ids.count, failed: 0, pending: 0))
            #expect(try connection.number("SELECT count(*) FROM entente.failed_images") == 0)
        }
    }

    @Test func aLostVolumeStopsTheWorkerAndFailsNoDataset() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1)
            defer { site.end() }
            let ids = DrawnWorld.ids(perClass: 2)
            let submitted = try site.submit(ids, imagesPerJob: 1)
            let gone = site.scratch.path + "/gone"
            try FileManager.default.moveItem(atPath: site.root, toPath: gone)
            try FileManager.default.createDirectory(atPath: site.root, withIntermediateDirectories: true)
            let end = try site.worker(["--until-idle", "1"]).wait(within: 120)
            #expect(end.status == 69, "\(end)")
            #expect(end.errors.contains("no image of the last 10 jobs could be analysed"), "\(end)")
            #expect(end.errors.contains("ENTENTE_FAILURE_JOB_LIMIT"))
            let failed = try site.connect().number("SELECT count(*) FROM entente.failed_images")
            #expect(failed < 10)

            // Started again before anything is mended, it need not fail as much again to see that.
            let again = try site.worker(["--until-idle", "1"]).wait(within: 120)
            #expect(again.status == 69, "\(again)")
            #expect(try site.connect().number("SELECT count(*) FROM entente.failed_images") == failed)

            try FileManager.default.removeItem(atPath: site.root)
            try FileManager.default.moveItem(atPath: gone, toPath: site.root)
            try site.work()
            #expect(
                try site.status(submitted.analysis)
                    == Standing(expected: ids.count, done: ids.count - failed, failed: failed, pending: 0))
            try site.expectRollupsTrue()
        }
    }

    /// With the limit off, the same is a matter of dead letters.
    @Test func theLimitCanBeTurnedOff() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1)
            defer { site.end() }
            let ids = DrawnWorld.ids(perClass: 1, classes: 12)
            let submitted = try site.submit(ids, imagesPerJob: 1)
            try FileManager.default.removeItem(atPath: site.root)
            try FileManager.default.createDirectory(atPath: site.root, withIntermediateDirectories: true)
            try site.work(environment: ["ENTENTE_FAILURE_JOB_LIMIT": "0"])
            #expect(
                try site.status(submitted.analysis)
                    == Standing(expected: ids.count, done: 0, failed: ids.count, pending: 0))
        }
    }
}
