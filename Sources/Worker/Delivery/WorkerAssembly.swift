import Analyzing
import Fetch
import Foundation
import Inference
import Kafka
import Logging
import Persistence
import Settings
import Threads

/// Everything that a worker's settings say, checked before it starts, and the pipeline put together from it.
package struct WorkerAssembly: Sendable {
    private let settings: Settings
    private let first: PartitionClaims.FirstStart
    private let stop: StopSignal
    private let observation: Observation
    private let log: Logger
    private let postgresURI: String
    private let kafka: KafkaClientConfiguration
    private let topic: String
    private let deadLetterTopic: String
    private let group: String
    private let lanes: Int
    private let batchSize: Int
    private let models: Int
    private let fetchThreads: Int
    private let pictures: PictureSource
    private let failureLimit: FailureLimit
    private let intakeOptions: Intake.Options
    private let beforeComputing = Interference.beforeComputing

    /// Bytes of jobs between Kafka and the database; see ``Assignments/limit``.
    private static let inFlightBytes = 256 << 20

    /// - Throws: ``SettingsError`` naming the setting that is missing or wrong.
    package init(
        settings: Settings, first: PartitionClaims.FirstStart, untilIdle: Double?, stop: StopSignal,
        observation: Observation = Observation()
    ) throws {
        self.settings = settings
        self.first = first
        self.stop = stop
        self.observation = observation
        var log = try settings.logger("entente.worker")
        log[metadataKey: "worker"] = "\(Self.workerName)"
        self.log = log
        postgresURI = try settings.required(.postgresURI)
        kafka = try settings.kafka()
        topic = try settings.jobTopic()
        deadLetterTopic = try settings.deadLetterTopic()
        group = try settings.required(.kafkaGroup)
        lanes = try settings.integer(.workerLanes, in: 1...512)
        batchSize = try settings.integer(.workerBatchSize, in: 1...1024)
        models = try settings.integer(.workerModels, in: 1...1024)
        // Of a single one, a host that hangs would take the whole.
        fetchThreads = max(2, try settings.integer(.workerFetchThreads, in: 1...512))
        let limits = try settings.decodingLimits()
        // A fetch that lasts must not hold up the stop: its job is read again.
        let roots = FileRoots(settings.paths(.fileRoots))
        let fetcher = ImageFetcher(
            files: LocalFile(roots: roots, limit: limits.maxBytes),
            remote: try RemoteImages(settings: settings, limit: limits.maxBytes) { stop.isRequested })
        pictures = PictureSource(
            fetch: { try fetcher.fetch($0, sha256: $1) }, limits: limits, circuit: FetchCircuit(roots: roots),
            giveUpAfter: Double(try settings.integer(.fetchGiveUpAfter, in: 0...86_400)), log: log,
            observation: observation)
        let images = try settings.integer(.failureImageLimit, in: 0...100)
        let jobs = try settings.integer(.failureJobLimit, in: 0...1_000_000)
        failureLimit = FailureLimit(imageLimit: images < 100 ? images : nil, jobLimit: jobs > 0 ? jobs : nil)
        let session = kafka.sessionTimeout
        intakeOptions = Intake.Options(
            topic: topic, untilIdle: untilIdle.map { .seconds($0) },
            gracePeriod: .seconds(try settings.integer(.workerGracePeriod, in: 0...3600)),
            drainPeriod: .milliseconds(min(10_000, session / 2)))
        // Without this, a volume that is not mounted yet would fail every image on it for good.
        for path in settings.paths(.fileRoots) where FileRoots.resolved(path) == nil {
            throw SettingsError(
                "\(Setting.fileRoots.variable) names \(path), which does not exist; mount it or leave it out.")
        }
    }

    static let hostName = ProcessInfo.processInfo.hostName
    /// Host and process: who wrote a row.
    static let workerName = "\(hostName)/\(ProcessInfo.processInfo.processIdentifier)"

    /// Who owns a partition: unlike a process number, never the same for two workers.
    private static let ownerName = "\(workerName)/\(String(UInt32.random(in: .min ... .max), radix: 16))"

    /// Runs the pipeline on the calling thread until it ends.
    package func run() throws {
        CrashReporter.turnOff()
        BLAS.prepareForLanes()
        log.info(
            "worker starts",
            metadata: [
                "version": "\(BuildInformation.version)", "librdkafka": "\(KafkaLibrary.version)",
                "kernel_set": "\(KernelSet.name)",
                "blas.threads_per_lane": "1",
                "worker.lanes": "\(lanes)", "worker.fetch_threads": "\(fetchThreads)",
                "worker.batch_size": "\(batchSize)", "kafka.topic": "\(topic)", "kafka.group": "\(group)",
            ])
        for warning in KernelSet.warnings {
            log.warning("the encoder is slower than it could be", metadata: ["reason": "\(warning)"])
        }
        let writing = try connect("writer")
        try Migrator(writing).check()

        // What was renewed meanwhile is read from where it stands.
        let renewal = KafkaRenewal(kafka) { [settings] in try settings.kafka() }
        let assignments = Assignments(limit: Self.inFlightBytes)
        let catalog = AnalysisCatalog(
            connection: try connect("catalog"), models: ModelLibrary(paths: settings.paths(.modelPath)),
            keeping: models, cache: TextCache(log: log), lanes: lanes, stop: stop, log: log, observation: observation)
        let claims = PartitionClaims(
            connection: try connect("claims"), inquiry: try LogInquiry(kafka, logger: log, renewal: renewal),
            assignments: assignments, topic: topic, group: group, owner: Self.ownerName, first: first,
            tending: lastWords().map { words in { try? words.tend() } } ?? {}, log: log, observation: observation)
        let intake = Intake(
            consumer: try KafkaConsumer(kafka, group: group, logger: log), renewal: renewal, claims: claims.queue,
            assignments: assignments, stop: stop, options: intakeOptions, log: log, observation: observation
        ) { [group, log] in try KafkaConsumer($0, group: group, logger: log) }
        let admission = JobAdmission(
            connection: try connect("flights", synchronousCommit: false), owner: Self.ownerName, group: group,
            assignments: assignments, stop: stop, log: log, observation: observation)
        let preparation = Preparation(
            assignments: assignments, admission: admission, catalog: catalog, pictures: pictures, stop: stop,
            retries: Places(fetchThreads / 2))
        let lane = Lane(
            assignments: assignments, batchSize: batchSize, observation: observation,
            goesOn: { [stop, grace = intakeOptions.gracePeriod] _ in !stop.isOverdue(by: grace) },
            keeps: { catalog.keeps($0) }, beforeComputing: beforeComputing, onStep: { admission.note($1, of: $0) },
            leave: { admission.leave($0) })
        let deadLetters = try DeadLetterPublisher(
            connection: try connect("dead letters"), topic: deadLetterTopic, log: log, observation: observation,
            renewal: renewal
        ) { [settings, log] in try KafkaProducer(settings.kafka(), logger: log, oneByOne: true) }
        var failureLimit = failureLimit
        if let history = try FailureHistoryStore(writing).take(group: group, host: Self.hostName) {
            failureLimit.history = history
        }
        let writer = Writer(
            connection: writing, assignments: assignments, group: group, deadLetters: deadLetters, limit: failureLimit,
            worker: Self.workerName, stop: stop, log: log, observation: observation)
        try Pipeline(
            intake: intake, claims: claims, preparation: preparation, lane: lane, writer: writer,
            deadLetters: deadLetters,
            fetchThreads: fetchThreads, lanes: lanes, stop: stop, gracePeriod: intakeOptions.gracePeriod, log: log
        ).run()
        log.info("worker ends")
    }

    /// Nil where the process is asked to report crashes another way, or there is no session to be had for it: then a trap counts
    /// as a kill.
    private func lastWords() -> LastWords? {
        guard !CrashReporter.isWanted() else { return nil }
        do {
            let connection = try Connection(uri: postgresURI, settings: Self.session("last words"))
            return LastWords(connection, owner: Self.ownerName)
        } catch {
            log.notice("a crash of this worker can't be told from a kill", metadata: ["error": "\(error)"])
            return nil
        }
    }

    private static func session(_ role: String) -> SessionSettings {
        var session = SessionSettings(applicationName: "entente \(role) \(workerName)")
        session.writes = true
        return session
    }

    private func connect(_ role: String, synchronousCommit: Bool = true) throws -> Connection {
        var session = Self.session(role)
        session.synchronousCommit = synchronousCommit
        let connection = try Connection(uri: postgresURI, settings: session)
        observation.watch(connection, as: role)
        return connection
    }
}
