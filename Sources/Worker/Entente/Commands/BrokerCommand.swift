import ArgumentParser
import Dispatch
import Foundation
import Kafka
import Logging
import Settings
import Threads

/// `entente broker`: librdkafka's in-process broker as a process, for trials and tests.
struct BrokerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "broker",
        abstract: "Runs librdkafka's in-process Kafka broker until it is told to stop.",
        discussion: """
            For trials and tests: it listens on loopback ports of its own choosing, keeps everything in memory \
            (5 MiB a partition) and forgets it at the end. SIGTERM and SIGINT end it.

            A line on standard input disturbs it, and is answered on standard output with “ok” or with what is wrong: \
            \(BrokerOrder.grammar). BROKER counts from 1; REQUEST is a kind of request, such as Fetch or JoinGroup, of \
            which the next COUNT fail with ERROR, by librdkafka's name, such as NOT_LEADER_FOR_PARTITION, or \
            _TRANSPORT, which drops the connection. The end of standard input changes nothing.
            """)

    @Option(
        help: ArgumentHelp("A topic to start with; repeatable.", valueName: "NAME:PARTITIONS"),
        transform: { try MockTopic(parsing: $0) })
    var topic: [MockTopic] = []

    @Option(help: ArgumentHelp("Write the bootstrap servers here once the broker listens.", valueName: "file"))
    var bootstrapFile: String?

    @Option(help: "How many brokers the cluster has.")
    var brokers = 1

    func validate() throws {
        guard (1...100).contains(brokers) else { throw ValidationError("--brokers takes 1 to 100, not \(brokers)") }
        let names = topic.map(\.name)
        if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
            throw ValidationError("--topic names “\(twice)” twice")
        }
    }

    func run() async throws {
        let stop = StopSignal()
        TerminationSignals.become(stop)
        // Whoever waits for the file to appear must not find the address of an earlier broker.
        // (Never a directory: unlink, unlike FileManager, refuses those.)
        if let bootstrapFile { unlink(bootstrapFile) }
        let broker: MockBroker
        do {
            broker = try MockBroker(topics: topic, brokers: brokers, logger: Logger(label: "entente.broker"))
        } catch {
            throw Self.failure("\(error)", exit: 69)
        }
        defer { broker.close() }
        if let bootstrapFile {
            let address = Data((broker.bootstrapServers + "\n").utf8)
            do { try address.write(to: URL(fileURLWithPath: bootstrapFile), options: .atomic) } catch {
                throw Self.failure(
                    "can't write “\(bootstrapFile)”: \(error.localizedDescription)", exit: 65)
            }
        }
        // Unbuffered: whoever started the broker reads the address from a pipe while it runs.
        try FileHandle.standardOutput.write(contentsOf: Data((broker.bootstrapServers + "\n").utf8))
        _ = WorkerThread("orders") { Self.obeyInput(broker) }
        await withCheckedContinuation { done in
            _ = WorkerThread("wait") {
                while !stop.wait(3600) {}
                done.resume()
            }
        }
    }

    /// Obeys standard input, line by line, to its end.
    private static func obeyInput(_ broker: MockBroker) {
        while let line = readLine() {
            let answer: String
            do {
                try broker.obey(BrokerOrder(parsing: line))
                answer = "ok"
            } catch {
                answer = "error: \(error)"
            }
            // Whoever gives orders need not read the answers.
            try? FileHandle.standardOutput.write(contentsOf: Data((answer + "\n").utf8))
        }
    }

    private static func failure(_ message: String, exit code: Int32) -> ExitCode {
        StandardError.write("Error: \(neutral(message))\n")
        return ExitCode(code)
    }
}
