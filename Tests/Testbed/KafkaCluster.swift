import Foundation

/// Brokers of a real Apache Kafka on loopback, each a process of its own that can be killed, stopped and started again;
/// what they hold stays in their folders meanwhile. Belongs to one thread.
public final class KafkaCluster {
    private let distribution: KafkaDistribution
    private let folder: String
    private let properties: [String: String]
    private var listeners: [KafkaListener]
    private var nodes: [Node] = []

    private struct Node {
        let number: Int
        let folder: String
        let clientPort: Int
        let controllerPort: Int
        /// Among brokers.
        let innerPort: Int
        /// Of the further listeners, in their order.
        let otherPorts: [Int]
        /// What clients connect to, if they don't come directly.
        let proxy: BreakingProxy?
        var program: RunningProgram?
    }

    /// Starts the brokers and waits until all of them are there.
    ///
    /// - Parameters:
    ///   - brokers: 1 or 3; each is a controller too.
    ///   - folder: where they keep their data; made if need be.
    ///   - properties: of the brokers, over those of a small cluster for tests.
    ///   - listeners: beside the plain one.
    ///   - isBreakable: whether clients come through proxies, for ``breakConnections(of:leaving:)``.
    public init(
        brokers: Int = 1, folder: String, properties: [String: String] = [:], listeners: [KafkaListener] = [],
        isBreakable: Bool = false
    ) throws {
        distribution = try KafkaDistribution()
        self.folder = folder
        self.properties = properties
        self.listeners = listeners
        let count = 3 + listeners.count
        let all = try FreePorts.take(count * brokers)
        nodes = try (0..<brokers).map { index in
            let ports = Array(all[(count * index)..<(count * (index + 1))])
            return Node(
                number: index + 1, folder: "\(folder)/broker-\(index + 1)", clientPort: ports[0],
                controllerPort: ports[1], innerPort: ports[2], otherPorts: Array(ports[3...]),
                proxy: isBreakable ? try BreakingProxy(to: .port(ports[0])) : nil)
        }
        do {
            for node in nodes.indices {
                try FileManager.default.createDirectory(atPath: nodes[node].folder, withIntermediateDirectories: true)
                try configure(nodes[node])
                try format(nodes[node])
            }
            for node in nodes.indices { try start(node) }
        } catch {
            end()
            throw error
        }
    }

    public var brokers: Int { nodes.count }
    public var bootstrapServers: String { nodes.map { "127.0.0.1:\(Self.publicPort(of: $0))" }.joined(separator: ",") }
    /// Of a further listener.
    public func bootstrapServers(of listener: String) -> String {
        guard let index = listeners.firstIndex(where: { $0.name == listener }) else {
            preconditionFailure("no listener is called \(listener)")
        }
        return nodes.map { "127.0.0.1:\($0.otherPorts[index])" }.joined(separator: ",")
    }
    private static func publicPort(of node: Node) -> Int { node.proxy?.port ?? node.clientPort }

    // MARK: - Brokers

    /// Starts a broker that does not run.
    public func start(_ index: Int) throws {
        guard nodes[index].program?.isRunning != true else { return }
        let arguments = distribution.arguments(
            "kafka.Kafka", [nodes[index].folder + "/server.properties"], megabytes: 384)
        nodes[index].program = try RunningProgram(
            distribution.java, arguments, environment: KafkaDistribution.environment, folder: nodes[index].folder)
    }

    /// Ends a broker with a signal and waits for its end: SIGKILL is a crash, SIGTERM hands its partitions over first.
    public func stop(_ index: Int, _ number: Int32 = SIGKILL) throws {
        guard let program = nodes[index].program else { return }
        program.signal(number)
        _ = try program.wait(within: 60)
        nodes[index].program = nil
    }

    /// Breaks clients' connections to a broker so that one side doesn't learn of it.
    ///
    /// - Returns: how many there were.
    @discardableResult
    public func breakConnections(of index: Int, leaving side: BreakingProxy.Side) -> Int {
        nodes[index].proxy?.breakAll(leaving: side) ?? 0
    }

    /// Starts every broker anew with other listeners of the same names, on the same ports.
    public func change(_ listeners: [KafkaListener]) throws {
        precondition(listeners.map(\.name) == self.listeners.map(\.name), "listeners keep their names and places")
        self.listeners = listeners
        for index in nodes.indices {
            try stop(index, SIGTERM)
            try configure(nodes[index])
            try start(index)
        }
    }

    /// Whatever an administrator gives a user: `--operation`, `--topic`, `--group` and their values.
    public func allow(_ user: String, _ arguments: [String]) throws {
        let end = try tool(
            "org.apache.kafka.tools.AclCommand",
            ["--bootstrap-server", bootstrapServers, "--add", "--allow-principal", "User:\(user)"] + arguments)
        guard end.status == 0 else { throw Refused(description: "\(end)") }
    }

    /// SIGSTOP or SIGCONT.
    public func signal(_ index: Int, _ number: Int32) { nodes[index].program?.signal(number) }

    /// Ends all of them.
    public func end() {
        for index in nodes.indices {
            nodes[index].program?.end()
            nodes[index].program = nil
            nodes[index].proxy?.end()
        }
    }

    /// - Throws: ``BrokerEnded`` with the last words of a broker that ended and was not told to.
    public func check() throws {
        for node in nodes {
            guard let program = node.program, !program.isRunning else { continue }
            throw BrokerEnded(
                description: "Kafka's broker \(node.number) has ended:\n"
                    + (program.output + program.errors).split(separator: "\n").suffix(15).joined(separator: "\n"))
        }
    }

    public struct BrokerEnded: Error, CustomStringConvertible { public let description: String }

    // MARK: - Topics

    /// Makes a topic, as soon as enough brokers are there.
    ///
    /// - Parameter copies: of each partition; nil: every broker holds one.
    public func createTopic(
        _ name: String, partitions: Int, copies: Int? = nil, _ configuration: [String: String] = [:]
    ) throws {
        try eventually(within: 60, "the topic \(name)") {
            try check()
            return try tool(
                "org.apache.kafka.tools.TopicCommand",
                [
                    "--bootstrap-server", bootstrapServers, "--create", "--if-not-exists", "--topic", name,
                    "--partitions", "\(partitions)", "--replication-factor", "\(copies ?? nodes.count)",
                ] + configuration.sorted { $0.key < $1.key }.flatMap { ["--config", "\($0.key)=\($0.value)"] }
            ).status == 0
        }
    }

    /// Deletes a topic with all it holds, and makes another of its name.
    public func remakeTopic(_ name: String, partitions: Int) throws {
        try change(["--delete", "--topic", name])
        try eventually(within: 60, "the end of the topic \(name)") {
            try check()
            let end = try tool(
                "org.apache.kafka.tools.TopicCommand", ["--bootstrap-server", bootstrapServers, "--list"])
            return end.status == 0 && !end.output.split(separator: "\n").contains(Substring(name))
        }
        try createTopic(name, partitions: partitions)
    }

    /// Gives a topic more partitions.
    public func grow(_ topic: String, to partitions: Int) throws {
        try change(["--alter", "--topic", topic, "--partitions", "\(partitions)"])
    }

    /// Deletes the records of a partition that come before `offset`, as retention would.
    public func expire(_ topic: String, _ partition: Int, before offset: Int64) throws {
        let file = folder + "/expire.json"
        try #"{"version":1,"partitions":[{"topic":"\#(topic)","partition":\#(partition),"offset":\#(offset)}]}"#
            .write(toFile: file, atomically: true, encoding: .utf8)
        let end = try tool(
            "org.apache.kafka.tools.DeleteRecordsCommand",
            ["--bootstrap-server", bootstrapServers, "--offset-json-file", file])
        guard end.status == 0 else { throw Refused(description: "\(end)") }
    }

    private func change(_ arguments: [String]) throws {
        let end = try tool(
            "org.apache.kafka.tools.TopicCommand", ["--bootstrap-server", bootstrapServers] + arguments)
        guard end.status == 0 else { throw Refused(description: "\(end)") }
    }

    /// What one of Kafka's tools said.
    public struct Refused: Error, CustomStringConvertible { public let description: String }

    /// Whether every copy of every partition is up to date.
    public func isWhole() throws -> Bool {
        try check()
        let end = try tool(
            "org.apache.kafka.tools.TopicCommand",
            ["--bootstrap-server", bootstrapServers, "--describe", "--under-replicated-partitions"])
        return end.status == 0 && !end.output.contains("Topic:")
    }

    /// The place, from 0 on, of the broker that coordinates a consumer group.
    public func coordinator(of group: String) throws -> Int {
        let end = try tool(
            "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand",
            ["--bootstrap-server", bootstrapServers, "--describe", "--group", group, "--state"])
        // `host:port (number)`.
        guard let number = end.output.firstMatch(of: /\((?<number>\d+)\)/).flatMap({ Int($0.number) }),
            let place = nodes.firstIndex(where: { $0.number == number })
        else { throw Refused(description: "\(end)") }
        return place
    }

    /// Lets other brokers lead a topic's partitions: each goes to the next one after its number and `shift`.
    ///
    /// - Returns: whether the brokers did it; one that is away may keep them from it.
    @discardableResult
    public func moveLeaders(of topic: String, partitions: Int, shift: Int) throws -> Bool {
        let moves = (0..<partitions).map { partition in
            let replicas = nodes.indices.map { "\(nodes[(partition + shift + $0) % nodes.count].number)" }
            return
                #"{"topic": "\#(topic)", "partition": \#(partition), "replicas": [\#(replicas.joined(separator: ","))]}"#
        }
        let file = folder + "/moves.json"
        try #"{"version": 1, "partitions": [\#(moves.joined(separator: ","))]}"#
            .write(toFile: file, atomically: true, encoding: .utf8)
        // The order of copies says who leads; then the leaders are elected by it.
        for (main, arguments) in [
            (
                "org.apache.kafka.tools.reassign.ReassignPartitionsCommand",
                ["--reassignment-json-file", file, "--execute"]
            ),
            (
                "org.apache.kafka.tools.LeaderElectionCommand",
                ["--election-type", "preferred", "--all-topic-partitions"]
            ),
        ] {
            guard try tool(main, ["--bootstrap-server", bootstrapServers] + arguments).status == 0 else { return false }
        }
        return true
    }

    /// Runs one of Kafka's own command line tools to its end.
    @discardableResult
    public func tool(_ main: String, _ arguments: [String], within seconds: Double = 60) throws -> ProgramEnd {
        try startTool(main, arguments).wait(within: seconds)
    }

    /// Starts one of them that goes on until it is told to end.
    public func startTool(_ main: String, _ arguments: [String]) throws -> RunningProgram {
        try RunningProgram(
            distribution.java, distribution.arguments(main, arguments, megabytes: 128),
            environment: KafkaDistribution.environment, folder: folder)
    }

    // MARK: - Setting up

    private func configure(_ node: Node) throws {
        let replicas = "\(nodes.count)"
        let others = zip(listeners, node.otherPorts).map { ",\($0.name)://127.0.0.1:\($1)" }.joined()
        let advertised = zip(listeners, node.otherPorts)
            .map { ",\($0.name)://127.0.0.1:\($0.advertised ?? $1)" }.joined()
        var all = [
            "process.roles": "broker,controller",
            "node.id": "\(node.number)",
            "controller.quorum.voters": nodes.map { "\($0.number)@127.0.0.1:\($0.controllerPort)" }
                .joined(separator: ","),
            "listeners":
                "CLIENT://127.0.0.1:\(node.clientPort),INNER://127.0.0.1:\(node.innerPort),"
                + "CONTROLLER://127.0.0.1:\(node.controllerPort)" + others,
            "advertised.listeners":
                "CLIENT://127.0.0.1:\(Self.publicPort(of: node)),INNER://127.0.0.1:\(node.innerPort)" + advertised,
            "inter.broker.listener.name": "INNER",
            "controller.listener.names": "CONTROLLER",
            "listener.security.protocol.map": "CLIENT:PLAINTEXT,INNER:PLAINTEXT,CONTROLLER:PLAINTEXT"
                + listeners.map { ",\($0.name):\($0.scheme)" }.joined(),
            "log.dirs": node.folder + "/data",
            "auto.create.topics.enable": "false",
            "offsets.topic.num.partitions": "4",
            "offsets.topic.replication.factor": replicas,
            "transaction.state.log.num.partitions": "4",
            "transaction.state.log.replication.factor": replicas,
            "transaction.state.log.min.isr": "1",
            "group.initial.rebalance.delay.ms": "0",
        ]
        for listener in listeners {
            for (name, value) in listener.properties {
                all["listener.name.\(listener.name.lowercased()).\(name)"] = value
            }
        }
        all.merge(properties) { $1 }
        let lines = all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }.joined()
        try lines.write(toFile: node.folder + "/server.properties", atomically: true, encoding: .utf8)
    }

    private func format(_ node: Node) throws {
        let end = try tool(
            "kafka.tools.StorageTool",
            ["format", "--cluster-id", "ZW50ZW50ZS10ZXN0LTAwMQ", "--config", node.folder + "/server.properties"])
        guard end.status == 0 else {
            throw KafkaDistribution.Unusable(description: "Kafka's storage can't be formatted: \(end)")
        }
    }
}
