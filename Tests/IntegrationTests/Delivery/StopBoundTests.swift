import Foundation
import Persistence
import Testbed
import Testing

/// From SIGTERM to the end it takes the grace period and ten seconds at most, whatever a worker waits for just then.
@Suite(.startsWorkers) struct StopBoundTests {
    /// Of one second, as ``stop(_:)`` expects.
    private static let grace = ["ENTENTE_WORKER_GRACE_PERIOD": "1"]

    /// A worker that stays, and one that would end by itself once there is nothing to do.
    static let manners: [[String]] = [[], ["--until-idle", "2"]]

    private static func stop(_ worker: RunningProgram) throws {
        worker.signal(SIGTERM)
        let asked = ContinuousClock.now
        let end = try worker.wait(within: 60)
        let seconds = (ContinuousClock.now - asked) / .seconds(1)
        #expect(seconds < 11 * max(1, MachineSpeed.slowness()), "\(seconds) s: \(end)")
        #expect(end.status == 0, "\(end)")
        #expect(!end.errors.contains("level=error"), "\(end)")
    }

    @Test(arguments: manners) func whileAFetchHangs(arguments: [String]) async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1)
            defer { site.end() }
            let silent = try BluntServer(nil)
            defer { silent.stop() }
            let address = "127.0.0.1:\(silent.port)"
            let manifest = try site.scratch.write(
                "uri,id,label\n"
                    + (0..<6).map { "http://\(address)/\($0).jpg,\($0),\(DrawnWorld.classes[0])\n" }.joined(),
                to: "hanging.csv")
            let submitted = try site.submit(["--manifest", manifest, "--images-per-job", "1"])
            let worker = try site.worker(
                arguments, environment: Self.grace.merging(["ENTENTE_HTTP_ALLOWED_HOSTS": address]) { $1 })
            let connection = try site.connect()
            try eventually("jobs are in flight") {
                try connection.number("SELECT count(*) FROM entente.in_flight_jobs") > 0
            }
            try Self.stop(worker)
            #expect(try connection.number("SELECT count(*) FROM entente.in_flight_jobs") == 0)
            #expect(
                try site.status(submitted.analysis)
                    == Standing(expected: 6, done: 0, failed: 0, pending: 6))
        }
    }

    @Test(arguments: manners) func whileKafkaIsAway(arguments: [String]) async throws {
        try await onOwnThread {
            let site = try Site(partitions: 2)
            defer { site.end() }
            let submitted = try site.submit(DrawnWorld.ids(perClass: 9), imagesPerJob: 1)
            let worker = try site.worker(arguments, environment: Self.grace)
            try eventually(within: 120, "some results") { try site.status(submitted.analysis).done > 0 }
            site.suspendBroker()
            try Self.stop(worker)
            let standing = try site.status(submitted.analysis)
            #expect(standing.failed == 0 && standing.done + standing.pending == standing.expected)
        }
    }

    @Test(arguments: manners) func whileTheDatabaseIsAway(arguments: [String]) async throws {
        try await withServer { server, site in
            let submitted = try site.submit(DrawnWorld.ids(perClass: 9), imagesPerJob: 1)
            let worker = try site.worker(arguments, environment: Self.grace)
            try eventually(within: 120, "some results") { try site.status(submitted.analysis).done > 0 }
            server.stop()
            try worker.waitForErrors(containing: "can't connect to database")
            try Self.stop(worker)
            try server.start()
            let standing = try site.status(submitted.analysis)
            #expect(standing.failed == 0 && standing.done + standing.pending == standing.expected)
        }
    }

    /// A server that is frozen breaks no connection, and answers none.
    @Test(arguments: manners) func whileTheDatabaseIsSilent(arguments: [String]) async throws {
        try await withServer { server, site in
            let submitted = try site.submit(DrawnWorld.ids(perClass: 9), imagesPerJob: 1)
            let worker = try site.worker(arguments, environment: Self.grace)
            try eventually(within: 120, "some results") { try site.status(submitted.analysis).done > 0 }
            server.suspend()
            defer { server.resume() }
            try Self.stop(worker)
            server.resume()
            let standing = try site.status(submitted.analysis)
            #expect(standing.failed == 0 && standing.done + standing.pending == standing.expected)
            // Nothing of it is left that the next worker would wait for, or suspect.
            try site.work()
            #expect(
                try site.status(submitted.analysis)
                    == Standing(expected: standing.expected, done: standing.expected, failed: 0, pending: 0))
        }
    }

    /// With a PostgreSQL server of its own.
    private func withServer(_ body: @escaping @Sendable (DatabaseServer, Site) throws -> Void) async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            chmod(scratch.path, 0o711)
            let server = try DatabaseServer(folder: scratch.path + "/postgres")
            defer { server.stop() }
            let site = try Site(postgres: server.uri)
            defer { site.end() }
            try #require(site.entente(["migrate"]).status == 0)
            try body(server, site)
        }
    }

    /// An analysis whose list of texts takes minutes to encode.
    @Test(arguments: manners) func whileTextsAreEncoded(arguments: [String]) async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1)
            defer { site.end() }
            let templates = (0..<400).map { "- a {} of kind \($0) among many others" }.joined(separator: "\n")
            let analysis = try String(contentsOfFile: DrawnWorld.analysis, encoding: .utf8)
                .replacing(#/templates: .*/#, with: "templates:\n" + templates)
                .replacing("model: model", with: "model: \(DrawnWorld.model)")
                .replacing(#/(?<key>classes|descriptors): (?<file>\w+\.json)/#) {
                    "\($0.key): \(DrawnWorld.folder)/\($0.file)"
                }
            let file = try site.scratch.write(analysis, to: "long.yaml")
            let submitted = try site.submit(
                ["--images", DrawnWorld.copy([DrawnWorld.ids(perClass: 1)[0]], to: site.scratch)], analysis: file)
            let worker = try site.worker(arguments, environment: Self.grace)
            let connection = try site.connect()
            try eventually("the job is in flight") {
                try connection.number("SELECT count(*) FROM entente.in_flight_jobs") > 0
            }
            try Self.stop(worker)
            #expect(try connection.number("SELECT count(*) FROM entente.in_flight_jobs") == 0)
            #expect(
                try site.status(submitted.analysis) == Standing(expected: 1, done: 0, failed: 0, pending: 1))
        }
    }
}
