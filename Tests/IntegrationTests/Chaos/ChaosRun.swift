import Foundation
import Persistence
import Testbed
import Testing

@testable import Concepts
@testable import Kafka

/// An installation under disturbance: a database server, a broker and three workers that are replaced when they end,
/// and jobs that keep arriving. Belongs to one thread.
final class ChaosRun {
    static let partitions = 8

    let site: Site
    let jobs: ChaosJobs
    let log = ChaosLog()
    let posts: WorkerPosts
    /// How many disturbances met workers that had jobs to do, of how many.
    private(set) var busy = 0
    private(set) var disturbances = 0
    private let settings: ChaosSettings
    private let scratch: ScratchFolder
    let server: DatabaseServer
    private let producer: KafkaProducer
    private var generator: SplitMix64
    private var deck: Disturbance.Deck
    private var sent = 0

    private static let database = "chaos"
    private static let undisturbed = "undisturbed"
    /// Seconds between two disturbances.
    private static let gap = 1.5...4.5

    init(_ settings: ChaosSettings) throws {
        self.settings = settings
        generator = SplitMix64(seed: settings.seed ^ 0xC4A05)
        deck = Disturbance.Deck(Disturbance.kinds(overKafka: settings.kafka))
        let scratch = try ScratchFolder()
        self.scratch = scratch
        // The server runs as another user when the tests run as root, and has to get to its folder.
        chmod(scratch.path, 0o711)
        let server = try DatabaseServer(folder: scratch.path + "/postgres", durable: true)
        self.server = server
        let admin = try Connection(uri: server.uri, settings: .patient(applicationName: "chaos"))
        try admin.exec("CREATE DATABASE \(Self.database)")
        let site = try Site(
            partitions: Self.partitions, postgres: server.uri(database: Self.database),
            kafka: settings.kafka ? 3 : nil, properties: ["min.insync.replicas": "2"],
            isBreakable: settings.kafka)
        self.site = site
        do {
            let migrated = try site.entente(["migrate"])
            try #require(migrated.status == 0, "\(migrated)")
            jobs = try ChaosJobs(settings.jobs, seed: settings.seed, site)
            // The same announcements, and nothing done yet.
            try admin.exec("CREATE DATABASE \(Self.undisturbed) TEMPLATE \(Self.database)")
            producer = try site.producer(["socket.timeout.ms": Self.socketTimeout])
            posts = try WorkerPosts(3, isBrokerMock: settings.kafka == false, log: log) {
                try site.worker(["--lanes", "1"], environment: Self.environment(site))
            }
        } catch {
            site.end()
            throw error
        }
    }

    /// After which an answer over a connection that is half gone is waited for no longer.
    private static let socketTimeout = "10000"

    private static func environment(_ site: Site) -> [String: String] {
        [
            "ENTENTE_FILE_ROOTS": DrawnWorld.folder + ":" + site.root, "ENTENTE_WORKER_GRACE_PERIOD": "5",
            "ENTENTE_KAFKA_PROPERTIES_RECONNECT_BACKOFF_MAX_MS": "1000",
            "ENTENTE_KAFKA_PROPERTIES_SOCKET_TIMEOUT_MS": socketTimeout,
        ]
    }

    /// Ends everything; what the processes wrote is kept where the settings say.
    func end() {
        producer.close(within: .seconds(5))
        site.end(keepingIn: settings.logs)
        server.stop()
        scratch.remove()
    }

    // MARK: - Disturbing

    /// Sends the jobs little by little, and disturbs, until the time is over; then everything is well again.
    func disturb() throws {
        log.note("seed \(settings.seed), \(jobs.messages.count) jobs, \(Int(settings.seconds)) s")
        let start = log.seconds
        // No kind is left out, however slow the machine.
        while log.seconds - start < settings.seconds || disturbances < deck.kinds.count {
            // The jobs come in step with the time, a little ahead of it, so that there is always something to do.
            try send(upTo: Int(Double(jobs.messages.count) * (0.1 + (log.seconds - start) / settings.seconds)))
            let disturbance = deck.next(using: &generator)
            let (draw, gap) = (generator.next(), Self.gap.lowerBound + fraction() * Self.width)
            if try sent > site.offsetsStored() { busy += 1 }
            disturbances += 1
            log.note("\(disturbance.rawValue) (\(try site.offsetsStored()) of \(sent) jobs done)")
            try perform(disturbance, draw)
            try pace(gap)
        }
        try send(upTo: jobs.messages.count)
        try posts.thaw()
        log.note("no more disturbances")
    }

    private static let width = gap.upperBound - gap.lowerBound
    private func fraction() -> Double { Double(generator.next() >> 11) * 0x1p-53 }

    private func send(upTo count: Int) throws {
        for message in jobs.messages[sent..<max(sent, min(count, jobs.messages.count))] {
            try producer.send(to: Site.topic, key: Array(message.key.utf8), value: message.value)
            sent += 1
        }
        try producer.flush(within: .seconds(120))
    }

    /// Lets time pass, which is the schedule of a disturbance and no synchronisation; workers that end are replaced.
    func pace(_ seconds: Double) throws {
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            try site.checkBroker()
            try posts.tend()
            usleep(50_000)
        }
    }

    // MARK: - Afterwards

    /// How many messages the broker has once more. The mock broker knows nothing of idempotence: where it takes a batch and its answer
    /// does not come, or too late, it takes the batch again.
    func copies() throws -> Int {
        let logged = try site.watermarks().reduce(0) { $0 + Int($1.upperBound) }
        #expect(site.kafka == nil ? logged >= sent : logged == sent, "\(logged) of \(sent) messages")
        return logged - sent
    }

    /// Sees that the database is there, whatever was done to it last.
    func awaitDatabase() throws {
        try server.start()
        try eventually(within: 60, "the database") { (try? site.offsetsStored()) != nil }
    }

    /// Waits until the workers have done everything that is left, and stops them.
    func finish() throws {
        if site.kafka == nil {
            for request in Self.requests(of: Self.errors + Self.sendingErrors) { try site.order("clear \(request)") }
        }
        let connection = try site.connect()
        do {
            try eventually(within: 240, "the rest of the jobs and dead letters") {
                try site.checkBroker()
                try posts.tend()
                return try site.offsetsStored() == copies() + sent
                    && connection.number("SELECT count(*) FROM entente.dead_letters WHERE NOT published") == 0
            }
        } catch {
            do { try noteWhatIsLeft(connection) } catch { log.note("what is left can't be told: \(error)") }
            throw error
        }
        log.note("everything is done")
        for end in try posts.stop() { #expect(end.status == 0, "\(end)") }
    }

    /// What somebody who looks for the reason will want to know.
    private func noteWhatIsLeft(_ connection: Connection) throws {
        let ends = (try? site.watermarks().map(\.upperBound)) ?? []
        log.note("the broker's partitions end at \(ends)")
        for (what, query) in [
            ("offset", "SELECT partition || ': ' || next_offset FROM entente.job_offsets ORDER BY partition"),
            (
                "letter",
                """
                SELECT dead_letter_id || ', written ' || written_at || coalesce(', withheld: ' || withheld, '')
                FROM entente.dead_letters WHERE NOT published ORDER BY written_at LIMIT 20
                """
            ),
            (
                "outbox",
                """
                SELECT pid || ' of ' || application_name || ', ' || state || ' since ' || state_change || ': ' || left(query, 120)
                FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND granted
                """
            ),
            (
                "session",
                """
                SELECT pid || ' of ' || application_name || ', ' || state || ' since ' || state_change || ', waiting for '
                    || coalesce(wait_event, 'nothing') || ': ' || left(query, 120)
                FROM pg_stat_activity WHERE datname = current_database() ORDER BY state_change
                """
            ),
        ] {
            for line in try connection.strings(query) { log.note("\(what) \(line)") }
        }
        log.note("now \(try connection.strings("SELECT now()::text").joined())")
    }

    /// The same messages, done by one worker that nothing disturbs, into a database of its own.
    func undisturbed() throws -> DatabaseTruth {
        let uri = server.uri(database: Self.undisturbed)
        // In the same group, whose name letters and failures have; its members have ended, and its offsets are in the database.
        let own = ["ENTENTE_POSTGRES_URI": Site.working(uri)]
        let worker = try site.worker(["--until-idle", "0.1"], environment: Self.environment(site).merging(own) { $1 })
        let end = try worker.wait(within: 300 + settings.seconds)
        try #require(end.status == 0, "\(end)")
        log.note("the undisturbed worker is done")
        return try DatabaseTruth(Connection(uri: uri, settings: .patient(applicationName: "chaos")))
    }
}
