import Foundation
import Persistence
import Testbed
import Testing

/// What happens while PostgreSQL is away.
@Suite struct OutageTests {
    @Test func workersWaitOutAnOutage() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            // The server runs as another user when the tests run as root, and has to get to its folder.
            chmod(scratch.path, 0o711)
            let server = try Server(folder: scratch.path + "/postgres")
            defer { server.stop() }
            let site = try Site(postgres: server.uri)
            defer { site.end() }
            let migrated = try site.entente(["migrate"])
            try #require(migrated.status == 0, "\(migrated)")
            let ids = DrawnWorld.ids(perClass: 2)
            let submitted = try site.submit(ids, imagesPerJob: 1)

            let worker = try site.worker(
                ["--until-idle", "1", "--lanes", "1"], environment: OperationsPort.environment)
            let port = try OperationsPort(of: worker)
            try eventually(within: 120, "some results") {
                try site.connect().number("SELECT count(*) FROM entente.image_results") >= 4
            }
            server.stop()
            try worker.waitForErrors(containing: "database can't be written now")
            #expect(worker.isRunning)
            // Unready, so that nothing waits for it, and alive, since a new process would wait as well.
            #expect(try port.unreadiness().map(\.kind) == ["database_unreachable"])
            #expect(try port.death() == [])
            // Every command says so, and that it is no fault of its own.
            for arguments in [
                ["worker"], ["status", "--analysis", "demo"], ["verify"], ["migrate"],
                ["submit", "--analysis", DrawnWorld.analysis, "--images", site.root],
            ] {
                let end = try site.entente(arguments)
                #expect(end.status == 69, "\(end)")
                #expect(end.errors.contains("can't connect to database"), "\(end)")
            }
            try server.start()
            let end = try worker.wait(within: 180)
            #expect(end.status == 0, "\(end)")
            #expect(
                try site.status(submitted.analysis)
                    == Standing(expected: ids.count, done: ids.count, failed: 0, pending: 0))
            #expect(try site.offsetsStored() == ids.count)
            #expect(try site.connect().number("SELECT count(*) FROM entente.failed_images") == 0)
            try site.expectRollupsTrue()

            try Self.expectStopDuringOutage(site, server)
        }
    }

    /// A worker that can't write stops all the same, and leaves its jobs to the next.
    private static func expectStopDuringOutage(_ site: Site, _ server: Server) throws {
        let ids = DrawnWorld.ids(perClass: 3).filter { $0.hasSuffix("002.jpg") }
        let connection = try site.connect()
        let before = try connection.number("SELECT count(*) FROM entente.image_results")
        let submitted = try site.submit(ids, imagesPerJob: 1)
        let worker = try site.worker(["--lanes", "1"], environment: ["ENTENTE_WORKER_GRACE_PERIOD": "1"])
        try eventually(within: 120, "some results") {
            try connection.number("SELECT count(*) FROM entente.image_results") > before
        }
        server.stop()
        try worker.waitForErrors(containing: "database can't be written now")
        worker.signal(SIGTERM)
        let end = try worker.wait(within: 60)
        #expect(end.status == 0, "\(end)")
        try server.start()
        try site.work()
        let total = before + ids.count
        #expect(
            try site.status(submitted.analysis) == Standing(expected: total, done: total, failed: 0, pending: 0))
        #expect(try site.offsetsStored() == total)
        try site.expectRollupsTrue()
    }

    /// A PostgreSQL server that can be stopped and started again.
    private final class Server {
        private let folder: String
        private var cluster: PrivateCluster?
        let uri: String

        init(folder: String) throws {
            self.folder = folder
            let cluster = try Self.cluster(folder)
            self.cluster = cluster
            uri = cluster.uri()
        }

        private static func cluster(_ folder: String) throws -> PrivateCluster {
            var options = PrivateCluster.Options()
            options.folder = folder
            options.durable = false
            return try PrivateCluster(options)
        }

        func start() throws { cluster = try Self.cluster(folder) }

        func stop() {
            cluster?.stop()
            cluster = nil
        }
    }
}
