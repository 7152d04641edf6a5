import Foundation
import Inference
import Logging
import Persistence

/// The whole main job on this machine: a private PostgreSQL cluster, librdkafka's in-process broker reached over TCP, the
/// demo's pictures submitted, and worker processes of one consumer group that take them.
struct DemoRun {
    let share: String
    let keep: Bool
    let settings: Settings
    let stop: StopSignal

    /// Worker processes; together they have the machine's cores.
    private static let workers = 2
    private static let partitions = 8
    private static let topic = "entente.image-jobs"
    /// Seconds after which the demo gives up: something hangs.
    private static let patience = 900.0

    func run() throws {
        print("Entente: what a small CLIP's image encoder and text encoder agree on, from job queue to table\n")
        step("starting a private PostgreSQL and an in-process Kafka broker")
        let cluster = try PrivateCluster()
        defer { cluster.stop() }
        let uri = cluster.uri()
        let connection = try Connection(uri: uri, settings: .patient(applicationName: "entente demo"))
        _ = try Migrator(connection).migrate()
        let log = try settings.logger("entente.demo")
        let broker = try MockBroker(
            topics: [
                MockTopic(name: Self.topic, partitions: Self.partitions),
                MockTopic(name: Self.topic + ".dead-letters", partitions: 1),
            ], logger: log)
        defer { broker.close() }

        let start = ContinuousClock.now
        let workers = try startWorkers(uri: uri, broker: broker.bootstrapServers, logs: cluster.folder)
        // Also on an error: no worker outlives the demo.
        defer { workers.forEach { _ = $0.stop() } }
        let sent = try submit(uri: uri, broker: broker.bootstrapServers, log: log)
        try follow(sent, workers, connection)
        let seconds = Double(start.duration(to: .now).microseconds) / 1e6
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

        print(try DemoReport(connection, analysis: sent.analysis).text(seconds: seconds, workers: Self.workers))
        if keep {
            cluster.keep()
            let server = cluster.server.map { "kill -INT \($0)" } ?? "stop its postgres"
            print(
                "\nThe database is still there:\n  psql '\(uri)'\nEnd it with:\n  \(server); rm -r '\(cluster.folder)'")
        } else {
            print("\nLook for yourself: scripts/demo --keep leaves the database running and says how to reach it.")
        }
    }

    private func startWorkers(uri: String, broker: String, logs: String) throws -> [WorkerProcess] {
        // Settings of the person's real installation stay out of it.
        var environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("ENTENTE_") }
        environment.merge([
            Setting.postgresURI.variable: uri,
            Setting.kafkaBootstrapServers.variable: broker,
            Setting.kafkaTopic.variable: Self.topic,
            Setting.modelPath.variable: share + "/demo/model",
            Setting.fileRoots.variable: share,
            Setting.workerLanes.variable: String(
                max(1, ProcessInfo.processInfo.activeProcessorCount / Self.workers)),
            Setting.workerFetchThreads.variable: "1",
            // The in-process broker lets a rebalance last as long as a session.
            "ENTENTE_KAFKA_PROPERTIES_SESSION_TIMEOUT_MS": "6000",
            "ENTENTE_KAFKA_PROPERTIES_HEARTBEAT_INTERVAL_MS": "500",
        ]) { _, new in new }
        step("starting \(Self.workers) worker processes in one consumer group")
        return try (0..<Self.workers).map { number in
            try WorkerProcess(environment: environment, log: logs + "/worker-\(number).log")
        }
    }

    private func submit(uri: String, broker: String, log: Logger) throws -> SentJobs {
        let file = try AnalysisFile(path: share + "/demo/analysis.yaml")
        let images = try ImageFolder.list(share + "/demo/heldout")
        let submission = try DatasetSubmission(
            file, images: images, grouped: false, imagesPerJob: 8, force: false, keepData: false)
        let sent = try submission.send(
            postgresURI: uri, kafka: KafkaClientConfiguration(bootstrapServers: broker), topic: Self.topic, log: log)
        step("submitted \(sent.images) held-out pictures as \(sent.jobs) jobs over \(Self.partitions) partitions")
        return sent
    }

    private func follow(
        _ sent: SentJobs, _ workers: [WorkerProcess], _ connection: Connection
    ) throws {
        let store = SubmissionStore(connection)
        var bar = ProgressBar(total: sent.images)
        defer { bar.finish() }
        let deadline = ContinuousClock.now + .seconds(Self.patience)
        while true {
            let progress = try store.progress(analysisID: sent.analysis)
            bar.show(progress.done + progress.failed)
            if progress.pending == 0 { return }
            if let dead = workers.first(where: { !$0.isRunning }) {
                throw CommandFailure(.bug, "A worker ended early; its last words:\n\(dead.lastWords)")
            }
            guard ContinuousClock.now < deadline else {
                throw CommandFailure(.bug, "The demo hangs at \(progress.done) of \(progress.expected) images.")
            }
            if stop.wait(0.2) { throw CommandFailure(.unavailable, "Stopped.") }
        }
    }

    private func step(_ text: String) {
        print("· \(text)")
        // Seen at once also through a pipe, where lines would wait for a full buffer.
        fflush(nil)
    }
}
