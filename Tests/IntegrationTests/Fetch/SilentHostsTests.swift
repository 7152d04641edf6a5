import Foundation
import Testbed
import Testing

/// Hosts that hang or are gone, beside one that answers.
@Suite(.startsWorkers(lasting: 30)) struct SilentHostsTests {
    /// A manifest of pictures that one server has, below a path that says how it takes to them.
    private static func manifest(_ count: Int, at url: String, _ name: String, _ site: Site) throws -> String {
        let id = DrawnWorld.ids(perClass: 1)[0]
        let lines = (0..<count).map { "\(url)/\(id)?\(name)-\($0),\(name)-\($0)\n" }
        return try site.scratch.write("uri,id\n" + lines.joined(), to: name + ".csv")
    }

    private static func pictures() throws -> LoopbackServer {
        try LoopbackServer { request in
            let path = request.target.dropFirst().prefix { $0 != "?" }
            return (try? DrawnWorld.bytes(String(path))).map { .init($0) } ?? .init(404)
        }
    }

    private static let allowed = ["ENTENTE_HTTP_ALLOWED_HOSTS": "127.0.0.1"]

    /// One thread, two pictures whose host hangs, and ten behind them.
    @Test func aHostThatHangsStarvesNobody() async throws {
        try await onOwnThread { () throws in
            let hanging = try LoopbackServer { _ in
                var answer = LoopbackServer.Answer([UInt8](repeating: 0, count: 100))
                answer.end = .stalls(after: 10)
                return answer
            }
            let server = try Self.pictures()
            defer { [hanging, server].forEach { $0.stop() } }
            let site = try Site(partitions: 4)
            defer { site.end() }
            _ = try site.submit([
                "--manifest", Self.manifest(2, at: hanging.url, "slow", site), "--images-per-job", "1",
            ])
            let slow = try site.watermarks().map(\.upperBound)
            let submitted = try site.submit([
                "--manifest", Self.manifest(10, at: server.url, "quick", site), "--images-per-job", "1",
            ])
            let all = try site.watermarks().map(\.upperBound)
            // A partition's rows are written in order, so the others show what was done meanwhile.
            let free = zip(slow, all).reduce(0) { $0 + ($1.0 == 0 ? Int($1.1) : 0) }
            try #require(free > 0)
            let worker = try site.worker(
                environment: Self.allowed.merging([
                    "ENTENTE_WORKER_FETCH_THREADS": "1", "ENTENTE_FETCH_TIMEOUT": "5",
                ]) { $1 })
            try eventually(within: 30, "all pictures whose partitions are free") {
                try site.status(submitted.analysis).done == free
            }
            worker.signal(SIGTERM)
            let end = try worker.wait(within: 60)
            #expect(end.status == 0, "\(end)")
        }
    }

    /// Its circuit opens; its images fail all the same, what lies behind them is done, and the worker does not take itself for
    /// the culprit.
    @Test func aHostThatIsGoneFailsItsImagesAlone() async throws {
        try await onOwnThread { () throws in
            let gone = try LoopbackServer { _ in .init(503) }
            let server = try Self.pictures()
            defer { [gone, server].forEach { $0.stop() } }
            let site = try Site(partitions: 1)
            defer { site.end() }
            let environment = Self.allowed.merging(["ENTENTE_FETCH_GIVE_UP_AFTER": "2"]) { $1 }
            let lost = try site.submit([
                "--manifest", Self.manifest(14, at: gone.url, "gone", site), "--images-per-job", "1",
            ])
            _ = try site.submit([
                "--manifest", Self.manifest(3, at: server.url, "near", site), "--images-per-job", "1",
            ])
            try site.work(environment: environment)
            #expect(try site.status(lost.analysis) == Standing(expected: 17, done: 3, failed: 14, pending: 0))
            let connection = try site.connect()
            #expect(
                try connection.strings("SELECT DISTINCT kind FROM entente.failed_images") == ["fetch_exhausted"])
            try site.expectRollupsTrue()
        }
    }

    /// With nothing else to show that the network is there, it may be the worker's.
    @Test func aHostThatIsGoneAndNoOtherStopsTheWorker() async throws {
        try await onOwnThread { () throws in
            let gone = try LoopbackServer { _ in .init(503) }
            defer { gone.stop() }
            let site = try Site(partitions: 1)
            defer { site.end() }
            let submitted = try site.submit([
                "--manifest", Self.manifest(14, at: gone.url, "gone", site), "--images-per-job", "1",
            ])
            let worker = try site.worker(
                environment: Self.allowed.merging(["ENTENTE_FETCH_GIVE_UP_AFTER": "1"]) { $1 })
            let end = try worker.wait(within: 60)
            #expect(end.status == 69 && end.errors.contains("no image of the last 10 jobs"), "\(end)")
            #expect(try site.status(submitted.analysis).pending >= 5)
        }
    }
}
