import Foundation
import Persistence
import Testbed
import Testing

/// What happens while PostgreSQL is away.
@Suite(.startsWorkers(lasting: 60)) struct OutageTests {
    /// Seconds.
    private static let outage = 30.0

    @Test func workersWaitOutAnOutage() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            // The server runs as another user when the tests run as root, and has to get to its folder.
            chmod(scratch.path, 0o711)
            let server = try DatabaseServer(folder: scratch.path + "/postgres")
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
            let back = Date(timeIntervalSinceNow: Self.outage)
            try worker.waitForErrors(containing: "database can't be written now")
            #expect(worker.isRunning)
            // Unready, so that nothing waits for it, and alive, since a new process would wait as well.
            #expect(try Set(port.unreadiness().map(\.kind)) == ["database_unreachable"])
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
            try eventually(within: 2 * Self.outage, "the end of the outage") { Date() > back }
            #expect(worker.isRunning)
            try server.start()
            let end = try worker.wait(within: 180)
            #expect(end.status == 0, "\(end)")
            #expect(
                try site.status(submitted.analysis)
                    == Standing(expected: ids.count, done: ids.count, failed: 0, pending: 0))
            #expect(try site.offsetsStored() == ids.count)
            #expect(try site.connect().number("SELECT count(*) FROM entente.failed_images") == 0)
            #expect(try site.connect().number("SELECT count(*) FROM entente.dead_letters") == 0)
            try site.expectRollupsTrue()

            try Self.expectStopDuringOutage(site, server)
        }
    }

    /// A worker that can't write stops all the same, and leaves its jobs to the next.
    private static func expectStopDuringOutage(_ site: Site, _ server: DatabaseServer) throws {
        let ids = DrawnWorld.ids(perClass: 3).filter { $0.hasSuffix("002.jpg") }
        let connection = try site.connect()
        let before = try connection.number("SELECT count(*) FROM entente.image_results")
        let submitted = try site.submit(ids, imagesPerJob: 1)
        let worker = try site.worker(["--lanes", "1"], environment: ["ENTENTE_WORKER_GRACE_PERIOD": "1"])
        // With more behind them: while the first is computed, others still wait for the analysis that it loaded.
        try eventually(within: 120, "some results") {
            try connection.number("SELECT count(*) FROM entente.image_results") > before + 2
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

    /// What a full disk and a server that takes no writes for now (as in a fail-over) look like; both pass.
    @Test func aFullDiskAndAReadOnlyServerAreWaitedOut() async throws {
        try await onOwnThread {
            let site = try Site()
            defer { site.end() }
            let ids = DrawnWorld.ids(perClass: 3)
            let submitted = try site.submit(ids, imagesPerJob: 1)
            let owner = try site.connect()
            let database = try owner.strings("SELECT current_database()")[0]
            func results() throws -> Int { try owner.number("SELECT count(*) FROM entente.image_results") }
            func awaitMore(than before: Int) throws {
                try eventually(within: 120, "more than \(before) results") { try results() > before }
            }
            let worker = try site.worker(["--until-idle", "1", "--lanes", "1"])
            try awaitMore(than: 2)

            // As the server says it when a file can't grow.
            try owner.exec(
                """
                CREATE FUNCTION refuse_as_full() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
                END $$;
                CREATE TRIGGER full_disk BEFORE INSERT ON entente.part_results
                    FOR EACH STATEMENT EXECUTE FUNCTION refuse_as_full();
                """)
            try worker.waitForErrors(containing: "No space left on device (SQLSTATE 53100)")
            let full = try results()
            try owner.exec("DROP TRIGGER full_disk ON entente.part_results")
            try awaitMore(than: full)

            try owner.exec("SET default_transaction_read_only = off")
            try owner.exec("ALTER DATABASE \(database) SET default_transaction_read_only = on")
            // Sessions that are open keep what they had.
            try owner.exec(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND application_name LIKE 'entente %'
                """)
            try worker.waitForErrors(containing: "session is read-only")
            let readOnly = try results()
            try owner.exec("ALTER DATABASE \(database) RESET default_transaction_read_only")
            try awaitMore(than: readOnly)

            let end = try worker.wait(within: 240)
            #expect(end.status == 0, "\(end)")
            #expect(!end.errors.contains("level=critical") && !end.errors.contains("level=error"), "\(end)")
            #expect(
                try site.status(submitted.analysis)
                    == Standing(expected: ids.count, done: ids.count, failed: 0, pending: 0))
            #expect(try site.offsetsStored() == ids.count)
            #expect(try owner.number("SELECT count(*) FROM entente.dead_letters") == 0)
            try site.expectRollupsTrue()
        }
    }
}
