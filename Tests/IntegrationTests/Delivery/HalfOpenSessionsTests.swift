import Foundation
import Persistence
import Testbed
import Testing

/// A network that breaks between a worker and its database, and tells the worker alone.
@Suite(.startsWorkers(lasting: 60)) struct HalfOpenSessionsTests {
    /// The server keeps the worker's sessions, with whatever they hold; the worker makes others, and does not wait for its own.
    @Test func aWorkerDoesNotWaitForItsOwnDeadSessions() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            chmod(scratch.path, 0o711)
            let server = try DatabaseServer(folder: scratch.path + "/postgres")
            defer { server.stop() }
            let proxy = try BreakingProxy(to: .socket(server.socket))
            defer { proxy.end() }
            let site = try Site(postgres: server.uri)
            defer { site.end() }
            try #require(site.entente(["migrate"]).status == 0)
            let ids = DrawnWorld.ids(perClass: 9)
            let submitted = try site.submit(ids, imagesPerJob: 1)
            let worker = try site.worker(
                environment: OperationsPort.environment.merging([
                    "ENTENTE_POSTGRES_URI": "postgresql://entente@127.0.0.1:\(proxy.port)/postgres"
                ]) { $1 })
            let port = try OperationsPort(of: worker)
            var done = 0
            for _ in 0..<3 {
                try eventually(within: 120, "more results than \(done)") {
                    try site.status(submitted.analysis).done > done
                }
                #expect(proxy.breakAll(leaving: .server) > 0)
                done = try site.status(submitted.analysis).done
            }
            try eventually(within: 120, "all results") { try site.status(submitted.analysis).done == ids.count }
            try eventually(within: 30, "it is ready") { try port.unreadiness().isEmpty }
            let dead = try site.connect().number(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'entente %'")
            #expect(dead > 5, "the server still has the sessions that were broken")
            worker.signal(SIGTERM)
            let end = try worker.wait(within: 60)
            #expect(end.status == 0 && !end.errors.contains("level=critical"), "\(end)")
            #expect(
                try site.status(submitted.analysis)
                    == Standing(expected: ids.count, done: ids.count, failed: 0, pending: 0))
            try site.expectRollupsTrue()
        }
    }
}
