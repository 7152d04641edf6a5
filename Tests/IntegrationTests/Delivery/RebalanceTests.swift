import Foundation
import Persistence
import Testbed
import Testing

@testable import Jobs

/// A second worker takes a partition over while the first is in the middle of one of its jobs.
@Suite(.startsWorkers(lasting: 50)) struct RebalanceTests {
    private static let imagesPerJob = 150

    @Test func aJobThatIsTakenOverCountsOnce() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 2)
            defer { site.end() }
            let analysis = try site.register(DrawnWorld.analysis)
            try Self.send(analysis.id, site)
            let connection = try site.connect()
            let own = [
                "ENTENTE_KAFKA_PROPERTIES_SESSION_TIMEOUT_MS": "4000", "ENTENTE_FILE_ROOTS": DrawnWorld.folder,
            ]

            // Both jobs are being computed, so that whichever partition goes, its job goes from under a lane.
            let first = try site.worker(["--lanes", "2"], environment: own)
            try first.waitForErrors(containing: "analysis loaded", within: 120)
            let second = try site.worker(["--lanes", "1"], environment: own)
            try first.waitForErrors(containing: "partition released", within: 120)
            #expect(
                try connection.number("SELECT count(*) FROM entente.image_results") == 0,
                "the jobs were done before the takeover; make them longer")
            let total = 2 * Self.imagesPerJob
            try eventually(within: 300, "the end of both jobs") {
                try connection.number("SELECT count(*) FROM entente.image_results") >= total
            }
            for worker in [first, second] { worker.signal(SIGTERM) }
            for worker in [first, second] {
                let end = try worker.wait(within: 60)
                #expect(end.status == 0, "\(end)")
                #expect(!end.errors.contains("claimed by another worker"), "\(end)")
            }
            #expect(
                try site.status(analysis.id) == Standing(expected: total, done: total, failed: 0, pending: 0))
            #expect(try site.offsetsStored() == 2)
            #expect(try connection.number("SELECT count(DISTINCT worker) FROM entente.image_results") == 2)
            try site.expectRollupsTrue()
        }
    }

    /// One long job for each partition, by keys that lead there.
    private static func send(_ analysis: String, _ site: Site) throws {
        let producer = try site.producer()
        defer { producer.close(within: .seconds(5)) }
        for key in ["left", "right"] {
            let images = try (0..<imagesPerJob).map {
                try ImageJob.Image(id: "\(key) \($0)", uri: "file://" + DrawnWorld.path(DrawnWorld.ids(perClass: 1)[0]))
            }
            let job = try ImageJob(analysis: analysis, images: images)
            try producer.send(to: Site.topic, key: Array(key.utf8), value: job.encoded())
        }
        try producer.flush(within: .seconds(10))
        try #require(site.watermarks().map(\.upperBound) == [1, 1], "the keys lead to the same partition")
    }
}
