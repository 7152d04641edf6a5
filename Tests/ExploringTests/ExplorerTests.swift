import Fetch
import Inference
import Logging
import Persistence
import Testbed
import Testing

@testable import Exploring

@Suite struct ExplorerTests {
    private static func explorer(
        _ pool: ReaderPool, roots: [String] = [], access: AccessRule = .thisMachine, hosts: HostRule? = nil
    ) throws -> Explorer {
        let fetcher = ImageFetcher(files: LocalFile(roots: FileRoots(roots), limit: 64 << 20))
        let log = Logger(label: "test")
        return Explorer(
            pool: pool, pictures: PictureStore(fetcher: fetcher, limits: DecodingLimits()),
            maps: MapSupply(.none("There are no maps here."), fetcher: fetcher, log: log),
            templates: try PageTemplates(folder: Checkout.root + "/share/explore"), access: access, hosts: hosts,
            log: log)
    }

    /// One session that is busy until the task is cancelled, and room for one more to wait for it.
    private static func busy(_ database: TestDatabase) async throws -> (ReaderPool, Task<Int, any Error>) {
        let pool = ReaderPool(
            try ConnectionTarget(uri: database.uri), sessions: 1, waiting: 1, patience: 600_000)
        let sleeper = Task { try await pool.ask { try $0.raw("SELECT pg_sleep(600)", []).count } }
        let uri = database.uri
        try await onOwnThread {
            let onlooker = try Connection(uri: uri, settings: .patient(applicationName: "onlooker"))
            try eventually("the session is busy") {
                try onlooker.query(
                    """
                    SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND application_name = 'entente explore' AND query LIKE '%pg_sleep(600)%'
                    """
                ).bigint(0, 0) == 1
            }
        }
        return (pool, sleeper)
    }

    @Test func whoeverAsksForAPageThatIsBeingMadeWaitsForIt() async throws {
        let database = try TestDatabase()
        let (pool, sleeper) = try await Self.busy(database)
        let explorer = try Self.explorer(pool)
        let page = PageRequest(route: .index, query: PageQuery(""))
        let asked = ["/", "/.json", "/.csv", "/", "/"].map { path in
            Task { await explorer.answer(ExplorerRequest(target: path)) }
        }
        try await onOwnThread { try eventually("all wait") { explorer.waiting(for: page) == 5 } }
        // Nobody else is let in, as one waits for the session.
        #expect(await explorer.answer(ExplorerRequest(target: "/failures")).status == 503)
        // Who leaves breaks nothing off.
        asked[0].cancel()
        #expect(await asked[0].value.status == 503)
        sleeper.cancel()
        for task in asked.dropFirst() { #expect(await task.value.status == 200) }
        try await onOwnThread {
            pool.close()
            explorer.pictures.close()
        }
    }

    /// Once nobody can ask the database any more, what was made a moment ago is there, and nothing else.
    @Test func aPictureThatIsKeptTakesNoSession() async throws {
        let database = try TestDatabase()
        let picture = Checkout.demo + "/heldout/sleepy-grolt/009.jpg"
        let connection = try database.connect()
        try connection.exec("SET session_replication_role = replica")
        for statement in [
            """
            INSERT INTO entente.analyses (analysis_id, name, canonical_json, method_revision, model_weights, setting_digest)
            VALUES (repeat('a', 32), 'a', '{"images":"' || $1 || '"}', 1, '', '')
            """,
            """
            INSERT INTO entente.images (analysis_id, image_id, uri, shard) VALUES (repeat('a', 32), 'i', 'file://' || $1, 0)
            """,
        ] { try connection.query(statement, [.text(picture)]) }
        let pool = ReaderPool(try ConnectionTarget(uri: database.uri), sessions: 1)
        let explorer = try Self.explorer(pool, roots: [Checkout.demo])
        let address = "/analyses/\(String(repeating: "a", count: 32))/images/i/picture"
        let small = ExplorerRequest(target: address + "?size=160")
        let first = await explorer.answer(small)
        #expect(first.status == 200, "\(String(decoding: first.body, as: UTF8.self).prefix(300))")
        try await onOwnThread { pool.close() }
        let again = await explorer.answer(small)
        #expect(again.status == 200 && again.body == first.body)
        let large = await explorer.answer(ExplorerRequest(target: address + "?size=320"))
        #expect(large.status == 503)
        try await onOwnThread { explorer.pictures.close() }
    }

    @Test func whoAsksByAnotherNameIsRefusedBeforeAnythingIsRead() async throws {
        let pool = ReaderPool(try ConnectionTarget(uri: "postgresql:///x?host=/nowhere"), sessions: 1)
        let access = AccessRule.header("X-User")
        let explorer = try Self.explorer(
            pool, access: access, hosts: HostRule("explore.example", for: access, at: "0.0.0.0"))
        func status(_ host: String, _ path: String = "/static/icon.svg") async -> Int {
            await explorer.answer(ExplorerRequest(target: path, headers: ["Host": host, "X-User": "ada"])).status
        }
        #expect(await status("explore.example") == 200)
        #expect(await status("evil.example") == 403)
        #expect(await status("evil.example", "/.json") == 403)
        // Probes ask by whatever address they have.
        #expect(await status("evil.example", "/healthz") == 200)
        try await onOwnThread {
            pool.close()
            explorer.pictures.close()
        }
    }
}
