import ArgumentParser
import Delivery
import Foundation
import Inference
import Logging
import Metrics
import Persistence
import Settings
import Threads

/// `worker`: takes image jobs from Kafka and writes results to PostgreSQL until it is told to stop.
struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Take image jobs from Kafka and write what they show to PostgreSQL.",
        discussion: """
            Start as many as there are partitions. SIGTERM stops taking jobs, lets those in flight finish, and exits \
            with 0; nothing is lost or counted twice however a worker ends.
            """)

    @Option(help: ArgumentHelp("Where a group without stored offsets begins: earliest or latest.", valueName: "place"))
    var start: PartitionClaims.FirstStart = .earliest

    @Option(help: ArgumentHelp("Exit with 0 once there was nothing to do for this long.", valueName: "seconds"))
    var untilIdle: Double?

    @Option(help: ArgumentHelp("Compute lanes (ENTENTE_WORKER_LANES); default: one a core.", valueName: "n"))
    var lanes: Int?

    @Option(help: ArgumentHelp("Pictures per encoder call (ENTENTE_WORKER_BATCH_SIZE).", valueName: "n"))
    var batchSize: Int?

    @Option(help: ArgumentHelp("Threads that fetch and decode (ENTENTE_WORKER_FETCH_THREADS).", valueName: "n"))
    var fetchThreads: Int?

    @Option(help: ArgumentHelp("Directories of models, colon-separated (ENTENTE_MODEL_PATH).", valueName: "dirs"))
    var modelPath: String?

    @Option(
        help: ArgumentHelp("Directories of file:// images, colon-separated (ENTENTE_FILE_ROOTS).", valueName: "dirs"))
    var fileRoots: String?

    @Option(
        help: ArgumentHelp(
            "Where to answer /healthz, /readyz and /metrics (ENTENTE_HTTP_ADDRESS); default: nowhere.",
            valueName: "host:port"))
    var httpAddress: String?

    @Option(
        help: ArgumentHelp(
            "Hosts that http(s):// images may come from although they are not of the open network "
                + "(ENTENTE_HTTP_ALLOWED_HOSTS).", valueName: "hosts"))
    var httpAllowedHosts: String?

    @Option(help: ArgumentHelp("The object store of s3:// images (ENTENTE_S3_ENDPOINT).", valueName: "url"))
    var s3Endpoint: String?

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var kafka: KafkaOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        // A week: beyond some size it would be no duration any more.
        if let untilIdle, !(0...604_800 ~= untilIdle) {
            throw ValidationError("--until-idle takes 0 to 604800 seconds, not \(untilIdle)")
        }
    }

    func run() async throws {
        let stop = StopSignal()
        TerminationSignals.become(stop)
        let settings = try await global.settings(
            database.flags.merging(kafka.flags) { $1 }.merging([
                .workerLanes: lanes.map(String.init), .workerBatchSize: batchSize.map(String.init),
                .workerFetchThreads: fetchThreads.map(String.init), .modelPath: modelPath, .fileRoots: fileRoots,
                .httpAddress: httpAddress, .httpAllowedHosts: httpAllowedHosts, .s3Endpoint: s3Endpoint,
            ]) { $1 })
        let observation = Observation(stop: stop)
        // For what libraries count.
        MetricsSystem.bootstrap(observation.registry)
        let assembly = try WorkerAssembly(
            settings: settings, first: start, untilIdle: untilIdle, stop: stop, observation: observation)
        guard let address = try settings.operationsAddress() else { return try await run(assembly) }
        try await OperationsServer(
            address: address, endpoint: OperationsEndpoint(observation: observation),
            log: settings.logger("entente.operations")
        ).whileServing { try await run(assembly) }
    }

    private func run(_ assembly: WorkerAssembly) async throws {
        // The pipeline blocks; it must not do so on the thread that runs Swift's tasks.
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            _ = WorkerThread("kafka") { done.resume(with: Result { try assembly.run() }) }
        }
    }
}

extension PartitionClaims.FirstStart: ExpressibleByArgument {}
