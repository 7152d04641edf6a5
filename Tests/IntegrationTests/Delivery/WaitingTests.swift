import Foundation
import Testbed
import Testing

/// What a worker waits for, because time or an operator can mend it, instead of failing what it was given.
@Suite struct WaitingTests {
    @Test func aMissingModelFailsNothing() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1)
            defer { site.end() }
            let ids = DrawnWorld.ids(perClass: 1, classes: 3)
            let submitted = try site.submit(ids, imagesPerJob: 1)
            let models = site.scratch.path + "/models"
            try FileManager.default.createDirectory(atPath: models, withIntermediateDirectories: true)
            let worker = try site.worker(["--until-idle", "1"], environment: ["ENTENTE_MODEL_PATH": models])
            try worker.waitForErrors(containing: "analysis can't be loaded yet")
            #expect(worker.errors.contains("ENTENTE_MODEL_PATH"))
            #expect(
                try site.status(submitted.analysis)
                    == Standing(expected: ids.count, done: 0, failed: 0, pending: ids.count))
            #expect(worker.isRunning)

            try FileManager.default.createSymbolicLink(
                atPath: models + "/drawn", withDestinationPath: DrawnWorld.model)
            let end = try worker.wait(within: 120)
            #expect(end.status == 0, "\(end)")
            #expect(
                try site.status(submitted.analysis)
                    == Standing(expected: ids.count, done: ids.count, failed: 0, pending: 0))
        }
    }

    /// A broker that doesn't answer is not an empty queue.
    @Test func anAbsentBrokerIsNoIdleness() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1)
            defer { site.end() }
            let worker = try site.worker(
                ["--until-idle", "0.1"],
                environment: [
                    "ENTENTE_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
                    "ENTENTE_KAFKA_PROPERTIES_SESSION_TIMEOUT_MS": "1000",
                ])
            try worker.waitForErrors(containing: "the broker or the database does not answer")
            #expect(worker.isRunning)
            worker.signal(SIGTERM)
            let end = try worker.wait(within: 60)
            #expect(end.status == 0, "\(end)")
        }
    }
}
