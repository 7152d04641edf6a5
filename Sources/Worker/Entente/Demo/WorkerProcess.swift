import Foundation
import Persistence
import Processes

/// A worker as a process of its own, as it would run anywhere.
final class WorkerProcess {
    private let process: ChildProcess
    private let log: String
    private static let setpriv = "/usr/bin/setpriv"

    /// - Parameter log: file for what it writes to standard error.
    init(environment: [String: String], log: String) throws {
        self.log = log
        process = try Self.start(["worker"], environment: environment, log: log)
    }

    /// Starts a command of this very executable.
    static func start(_ arguments: [String], environment: [String: String], log: String) throws -> ChildProcess {
        let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
        // A demo that is killed takes what it started along.
        let leash =
            FileManager.default.isExecutableFile(atPath: Self.setpriv) ? [Self.setpriv, "--pdeathsig", "TERM"] : []
        return try ChildProcess(
            leash + [executable] + arguments, environment: environment, input: "/dev/null", output: log)
    }

    /// The end of a log.
    static func lastWords(_ log: String) -> String {
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").suffix(10).joined(separator: "\n")
    }

    /// The end of its log.
    var lastWords: String { Self.lastWords(log) }

    var isRunning: Bool { process.end == nil }

    /// SIGTERM, then waits; returns the exit code, or a signal's number below zero.
    func stop() -> Int32 {
        process.signal(SIGTERM)
        process.wait()
        return process.end ?? -1
    }
}
