import Concepts
import Foundation
import Inference
import Kafka
import Logging
import Persistence
import Processes
import Settings
import Threads

/// What a demo runs on: a private PostgreSQL cluster, librdkafka's in-process broker in a process of its own, and worker
/// processes of one consumer group.
///
/// The broker forgets what it held when it ends. Then another takes its place, with workers of another group, since the offsets
/// of the first say nothing of its log, and everything is submitted again; what is done stands.
final class DemoStage {
    let uri: String
    let connection: Connection
    private let cluster: PrivateCluster
    private var broker: BrokerProcess
    private var workers: [WorkerProcess]
    /// How many brokers there were.
    private var brokers = 1
    private var submitted: [(file: AnalysisFile, images: FolderListing, split: ImageSplit?)] = []
    let modelPath: String
    private let roots: String
    private let log: Logger
    private let stop: StopSignal

    /// Worker processes; together they have the machine's cores.
    static let workerCount = 2
    static let partitions = 8
    private static let topic = "entente.image-jobs"
    /// Beyond so many it is no mishap.
    private static let mostBrokers = 5

    /// - Parameters:
    ///   - modelPath: folders that hold the models.
    ///   - roots: folders that hold the pictures.
    init(modelPath: String, roots: String, settings: Settings, stop: StopSignal) throws {
        self.stop = stop
        self.modelPath = modelPath
        self.roots = roots
        log = try settings.logger("entente.demo")
        Self.say("starting a private PostgreSQL and an in-process Kafka broker")
        let cluster = try PrivateCluster()
        do {
            uri = cluster.uri()
            connection = try Connection(uri: uri, settings: .patient(applicationName: "entente demo"))
            _ = try Migrator(connection).migrate()
            broker = try Self.startBroker(logs: cluster.folder, stop: stop)
            do {
                workers = try Self.startWorkers(
                    uri: uri, broker: broker.bootstrapServers, generation: 1, logs: cluster.folder,
                    modelPath: modelPath, roots: roots)
            } catch {
                broker.stop()
                throw error
            }
        } catch {
            cluster.stop()
            throw error
        }
        self.cluster = cluster
    }

    private static func startBroker(logs: String, stop: StopSignal) throws -> BrokerProcess {
        try BrokerProcess(
            topics: ["\(topic):\(partitions)", "\(topic).dead-letters:1"], folder: logs, stop: stop)
    }

    /// - Parameter generation: number of the broker.
    private static func startWorkers(
        uri: String, broker: String, generation: Int, logs: String, modelPath: String, roots: String
    ) throws -> [WorkerProcess] {
        // Settings of the person's real installation stay out of it.
        var environment = ProcessInfo.processInfo.environment.filter {
            $0.key == KernelSet.variable || !$0.key.hasPrefix("ENTENTE_")
        }
        environment.merge([
            Setting.postgresURI.variable: uri,
            Setting.kafkaBootstrapServers.variable: broker,
            Setting.kafkaTopic.variable: topic,
            Setting.kafkaGroup.variable: "entente-demo-\(generation)",
            Setting.kafkaDeadLetterTopic.variable: topic + ".dead-letters",
            Setting.modelPath.variable: modelPath,
            Setting.fileRoots.variable: roots,
            Setting.workerLanes.variable: String(
                max(1, ProcessInfo.processInfo.activeProcessorCount / workerCount)),
            Setting.workerFetchThreads.variable: "1",
            // The in-process broker lets a rebalance last as long as a session.
            "ENTENTE_KAFKA_PROPERTIES_SESSION_TIMEOUT_MS": "6000",
            "ENTENTE_KAFKA_PROPERTIES_HEARTBEAT_INTERVAL_MS": "500",
        ]) { _, new in new }
        say("starting \(workerCount) worker processes in one consumer group")
        var started: [WorkerProcess] = []
        do {
            for number in 0..<workerCount {
                started.append(try WorkerProcess(environment: environment, log: logs + "/worker-\(number).log"))
            }
        } catch {
            started.forEach { _ = $0.stop() }
            throw error
        }
        return started
    }

    /// Registers the analysis and sends its images.
    ///
    /// - Parameter split: the half of them that is sent; nil for all.
    func submit(_ file: AnalysisFile, images: FolderListing, split: ImageSplit? = nil) throws -> SentJobs {
        while true {
            do {
                let sent = try send(file, images, split)
                submitted.append((file, images, split))
                return sent
            } catch  where !broker.isRunning { try replaceBroker() }
        }
    }

    /// Starts a broker in the place of one that ended, and everything anew that goes by it.
    private func replaceBroker() throws {
        guard brokers < Self.mostBrokers else {
            throw CommandFailure(
                .bug, "\(brokers) brokers have ended early; the last one's last words:\n\(broker.lastWords)")
        }
        brokers += 1
        Self.say("the in-process broker has ended itself; starting another, and sending again what is not done")
        workers.forEach { _ = $0.stop() }
        workers = []
        broker = try Self.startBroker(logs: cluster.folder, stop: stop)
        workers = try Self.startWorkers(
            uri: uri, broker: broker.bootstrapServers, generation: brokers, logs: cluster.folder, modelPath: modelPath,
            roots: roots)
        for (file, images, split) in submitted {
            do { _ = try send(file, images, split) } catch  where !broker.isRunning { return try replaceBroker() }
        }
    }

    private func send(_ file: AnalysisFile, _ images: FolderListing, _ split: ImageSplit?) throws -> SentJobs {
        let submission = try DatasetSubmission(
            file, images: images, grouped: false, imagesPerJob: 8, force: false, keepData: false,
            split: split)
        return try submission.send(
            postgresURI: uri, kafka: KafkaClientConfiguration(bootstrapServers: broker.bootstrapServers),
            topic: Self.topic, log: log)
    }

    /// Waits until nothing is pending, with a bar.
    ///
    /// - Parameter patience: seconds after which it gives up: something hangs.
    func follow(_ sent: [SentJobs], patience: Double) throws {
        let store = SubmissionStore(connection)
        var bar = ProgressBar(total: sent.reduce(0) { $0 + $1.images })
        defer { bar.finish() }
        let deadline = ContinuousClock.now + .seconds(patience)
        while true {
            let progress = try sent.map { try store.progress(analysisID: $0.analysis) }
            bar.show(progress.reduce(0) { $0 + $1.done + $1.failed })
            if progress.allSatisfy({ $0.pending == 0 }) { return }
            if !broker.isRunning { try replaceBroker() }
            if let dead = workers.first(where: { !$0.isRunning }) {
                throw CommandFailure(.bug, "A worker ended early; its last words:\n\(dead.lastWords)")
            }
            guard ContinuousClock.now < deadline else {
                let pending = progress.reduce(0) { $0 + $1.pending }
                throw CommandFailure(.bug, "The demo hangs with \(pending) images pending.")
            }
            if stop.wait(0.2) { throw CommandFailure(.unavailable, "Stopped.") }
        }
    }

    /// Ends the workers as an operator would, and holds the roll-ups against the rows.
    func finishWorkers() throws {
        for (number, worker) in workers.enumerated() {
            let status = worker.stop()
            guard status == 0 else {
                throw CommandFailure(
                    .bug, "Worker \(number) ended with \(status); its last words:\n\(worker.lastWords)")
            }
        }
        guard try Verifier(connection).differences().isEmpty else {
            throw CommandFailure(.bug, "The roll-ups differ from the rows; `entente verify` lists where.")
        }
    }

    /// No worker outlives the demo, whatever happened; the cluster does if it is kept.
    func close() {
        workers.forEach { _ = $0.stop() }
        broker.stop()
        cluster.stop()
    }

    /// Leaves the database running.
    ///
    /// - Returns: how to reach and how to end it.
    func keep() -> String {
        cluster.keep()
        let server = cluster.server.map { "kill -INT \($0)" } ?? "stop its postgres"
        return
            "The database is still there:\n  psql '\(uri)'\nEnd it with:\n  \(server); rm -r '\(cluster.folder)'"
    }

    /// A line about what is being done, seen at once also through a pipe, where it would wait for a full buffer.
    static func say(_ text: String) {
        print("· \(text)")
        fflush(nil)
    }
}
