import Foundation
import Processes
import Threads

/// librdkafka's in-process broker as a process of its own: it may end itself by an assertion, and takes only itself along.
final class BrokerProcess {
    let bootstrapServers: String
    private let process: ChildProcess
    private let log: String

    /// Seconds for it to listen.
    private static let patience = 30.0

    /// Starts it and waits until it listens.
    ///
    /// - Parameters:
    ///   - topics: as `--topic` takes them.
    ///   - folder: where it says what it has to say.
    /// - Throws: ``CommandFailure`` with its last words.
    init(topics: [String], folder: String, stop: StopSignal) throws {
        log = folder + "/broker.log"
        let address = folder + "/broker"
        // What an earlier one wrote there.
        unlink(address)
        let process = try WorkerProcess.start(
            ["broker", "--bootstrap-file", address] + topics.flatMap { ["--topic", $0] },
            environment: ProcessInfo.processInfo.environment, log: log)
        self.process = process
        let deadline = ContinuousClock.now + .seconds(Self.patience)
        while true {
            if let servers = try? String(contentsOfFile: address, encoding: .utf8) {
                bootstrapServers = servers.trimmingCharacters(in: .newlines)
                return
            }
            let isStopped = stop.wait(0.02)
            guard process.end == nil, !isStopped, ContinuousClock.now < deadline else {
                process.signal(SIGKILL)
                process.wait()
                throw CommandFailure(
                    .unavailable,
                    isStopped
                        ? "Stopped." : "The broker does not listen; its last words:\n\(WorkerProcess.lastWords(log))")
            }
        }
    }

    /// The end of its log.
    var lastWords: String { WorkerProcess.lastWords(log) }

    var isRunning: Bool { process.end == nil }

    func stop() {
        process.signal(SIGTERM)
        process.wait()
    }
}
