import Concepts
import Foundation
import Persistence
import Testbed
import Testing

@testable import Entente

/// An installation of its own: a broker, a migrated database, a folder of pictures, and every process that was started
/// for it. Belongs to one thread.
///
/// The broker is librdkafka's in-process one, or a real Kafka where a test asks for it.
final class Site {
    static let topic = "entente.image-jobs"

    let scratch: ScratchFolder
    /// The database, as its owner.
    let uri: String
    /// What `--bootstrap-file` said.
    let bootstrapServers: String
    /// Pictures lie below this folder, and nowhere else.
    let root: String
    private let broker: Broker
    private var programs: [RunningProgram] = []

    private enum Broker {
        case mock(RunningProgram)
        case kafka(KafkaCluster)
    }

    /// - Parameters:
    ///   - uri: a database; nil for a migrated one in the tests' shared cluster.
    ///   - brokers: of a real Kafka, 1 or 3; nil for the in-process one.
    ///   - properties: of a real Kafka's brokers.
    ///   - listeners: beside the plain one of a real Kafka.
    ///   - copies: of each partition on a real Kafka; nil: every broker holds one.
    ///   - isBreakable: whether connections to them can be broken.
    init(
        partitions: Int = 4, postgres uri: String? = nil, kafka brokers: Int? = nil, properties: [String: String] = [:],
        listeners: [KafkaListener] = [], copies: Int? = nil, isBreakable: Bool = false
    ) throws {
        scratch = try ScratchFolder()
        do {
            self.uri = try uri ?? TestDatabase().uri
            root = scratch.path + "/pictures"
            try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
            if let brokers {
                let cluster = try KafkaCluster(
                    brokers: brokers, folder: scratch.path + "/kafka", properties: properties, listeners: listeners,
                    isBreakable: isBreakable)
                broker = .kafka(cluster)
                bootstrapServers = cluster.bootstrapServers
                do {
                    try cluster.createTopic(Self.topic, partitions: partitions, copies: copies)
                    try cluster.createTopic("\(Self.topic).dead-letters", partitions: 1)
                } catch {
                    cluster.end()
                    throw error
                }
            } else {
                let (program, servers) = try Self.startMock(partitions: partitions, in: scratch)
                broker = .mock(program)
                bootstrapServers = servers
            }
        } catch {
            scratch.remove()
            throw error
        }
    }

    private static func startMock(
        partitions: Int, in scratch: ScratchFolder
    ) throws -> (RunningProgram, servers: String) {
        let file = scratch.path + "/bootstrap"
        let program = try RunningProgram(
            Product.executable.get(),
            [
                "broker", "--topic", "\(topic):\(partitions)", "--topic", "\(topic).dead-letters:1",
                "--bootstrap-file", file,
            ],
            environment: Product.environment([:]), folder: scratch.path, conversing: true)
        do {
            try eventually("the broker listens") {
                FileManager.default.fileExists(atPath: file) || !program.isRunning
            }
            return (program, try String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .newlines))
        } catch {
            program.end()
            throw error
        }
    }

    /// The real Kafka, at a site that has one.
    var kafka: KafkaCluster? {
        if case .kafka(let cluster) = broker { cluster } else { nil }
    }

    /// Ends every process, the broker last, and removes the folder.
    ///
    /// - Parameter logs: a folder that gets what the processes wrote; nil: nothing is kept.
    func end(keepingIn logs: String? = nil) {
        for program in programs.reversed() { program.end() }
        switch broker {
        case .mock(let program): program.end()
        case .kafka(let cluster): cluster.end()
        }
        if let logs {
            try? FileManager.default.createDirectory(atPath: logs, withIntermediateDirectories: true)
            let files = (try? FileManager.default.contentsOfDirectory(atPath: scratch.path)) ?? []
            for file in files where file.hasSuffix(".err") || file.hasSuffix(".out") {
                try? FileManager.default.moveItem(atPath: scratch.path + "/" + file, toPath: logs + "/" + file)
            }
        }
        scratch.remove()
    }

    /// librdkafka's in-process broker has ended itself, by an assertion in its own code.
    struct BrokerAborted: Error, CustomStringConvertible { let description: String }

    /// - Throws: ``BrokerAborted``, or `KafkaCluster.BrokerEnded`.
    func checkBroker() throws {
        let broker: RunningProgram
        switch self.broker {
        case .mock(let program): broker = program
        case .kafka(let cluster): return try cluster.check()
        }
        guard !broker.isRunning else { return }
        if let words = broker.errors.split(separator: "\n").first(where: { $0.contains("rdkafka_mock") }) {
            throw BrokerAborted(description: String(words))
        }
    }

    /// Tells the broker of a disturbance, as `entente broker --help` lists them, and waits until it has obeyed.
    func order(_ line: String) throws {
        guard case .mock(let broker) = broker else { preconditionFailure("a real Kafka takes no orders: \(line)") }
        let before = broker.output.count { $0 == "\n" }
        broker.send(line)
        try eventually("the broker's answer to “\(line)”") {
            broker.output.count { $0 == "\n" } > before || !broker.isRunning
        }
        try checkBroker()
        try #require(broker.isRunning && broker.output.hasSuffix("ok\n"), "\(line): \(broker.output) \(broker.errors)")
    }

    /// Has the in-process broker say nothing more, with its connections left open.
    func suspendBroker() {
        guard case .mock(let broker) = broker else { preconditionFailure("of a real Kafka each broker is suspended") }
        broker.signal(SIGSTOP)
    }

    /// A database's URI with the rights that workers have, once it is migrated.
    static func working(_ uri: String) -> String { uri + "&options=-c%20role%3Dentente_worker" }

    /// Commands that are the schema owner's business. All others are run with a worker's rights, as workers are.
    private static let ownersCommands = [["migrate"], ["analyses", "delete"]]

    /// What its commands are told of it.
    var environment: [String: String] {
        [
            "XDG_CACHE_HOME": scratch.path + "/cache",
            "ENTENTE_POSTGRES_URI": Self.working(uri),
            "ENTENTE_KAFKA_BOOTSTRAP_SERVERS": bootstrapServers,
            "ENTENTE_MODEL_PATH": DrawnWorld.model,
            "ENTENTE_FILE_ROOTS": root,
            // Below 4 s the broker expires members before their first join ends; a rebalance lasts as long.
            "ENTENTE_KAFKA_PROPERTIES_SESSION_TIMEOUT_MS": "6000",
            "ENTENTE_KAFKA_PROPERTIES_HEARTBEAT_INTERVAL_MS": "500",
        ]
    }

    /// Runs a command to its end.
    func entente(
        _ arguments: [String], environment own: [String: String] = [:], input: String? = nil,
        within seconds: Double = 120
    ) throws -> ProgramEnd {
        var environment = environment
        if Self.ownersCommands.contains(where: arguments.starts) { environment["ENTENTE_POSTGRES_URI"] = uri }
        return try Product.run(
            arguments, in: scratch, environment: environment.merging(own) { $1 }, input: input, within: seconds)
    }

    /// Starts a worker, of the product or of another program that has one.
    func worker(
        _ arguments: [String] = [], environment own: [String: String] = [:],
        of product: Result<String, any Error> = Product.executable
    ) throws -> RunningProgram {
        let program = try RunningProgram(
            product.get(), ["worker"] + arguments,
            environment: Product.environment(environment.merging(own) { $1 }), folder: scratch.path)
        programs.append(program)
        return program
    }

    /// Runs a worker until there is nothing left to do, which has to end well.
    @discardableResult
    func work(_ arguments: [String] = [], environment own: [String: String] = [:]) throws -> ProgramEnd {
        let end = try worker(["--until-idle", "1"] + arguments, environment: own).wait(within: 180)
        try #require(end.status == 0, "\(end)")
        return end
    }

    /// What `submit --json` prints.
    struct Submitted: Decodable, Equatable {
        let analysis: String
        let submission: String
        let jobs: Int
        let images: Int
    }

    /// Submits pictures of the drawn world, which are copied below ``root`` first, in this order.
    func submit(
        _ ids: [String], imagesPerJob: Int, _ arguments: [String] = [], analysis: String = DrawnWorld.analysis
    ) throws -> Submitted {
        _ = try DrawnWorld.copy(ids, to: scratch)
        let manifest = try scratch.write(
            DrawnWorld.manifest(ids, below: root), to: "manifest-\(UUID().uuidString.prefix(8)).csv")
        return try submit(
            ["--manifest", manifest, "--images-per-job", "\(imagesPerJob)"] + arguments, analysis: analysis)
    }

    func submit(_ arguments: [String], analysis: String = DrawnWorld.analysis) throws -> Submitted {
        let end = try entente(["submit", "--analysis", analysis, "--json"] + arguments)
        try #require(end.status == 0, "\(end)")
        return try JSONDecoder().decode(Submitted.self, from: Data(end.output.utf8))
    }

    /// Registers an analysis without sending any job of it.
    func register(_ path: String) throws -> Analysis {
        let file = try AnalysisFile(path: path)
        let analysis = file.analysis(model: try Analysis.ModelFingerprint(directory: file.modelDirectory))
        try AnalysisStore(connect()).register(analysis, name: file.name)
        return analysis
    }

    func connect() throws -> Connection {
        try Connection(uri: uri, settings: .patient(applicationName: "integration test"))
    }
}
