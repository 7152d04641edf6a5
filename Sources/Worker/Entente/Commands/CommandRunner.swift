import ArgumentParser
import Delivery
import Fetch
import Foundation
import Inference
import Jobs
import Kafka
import Persistence
import Reporting
import Settings
import Threads

/// Runs a command and turns what it throws into one line on standard error and an exit code.
package enum CommandRunner {
    package static func run(_ root: (some AsyncParsableCommand).Type) async {
        // A reader that has gone away (`entente … | head`) is seen as a write error, not as a signal that kills.
        signal(SIGPIPE, SIG_IGN)
        // A worker that is told to stop before it has begun ends in peace all the same.
        if CommandLine.arguments.dropFirst().first == "worker" { TerminationSignals.listen() }
        do {
            var command = try root.parseAsRoot()
            if let problem = KernelSet.problem { throw CommandFailure(.usage, problem) }
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            ProcessEnd.leave(with: 0)
        } catch {
            guard let failure = failure(for: error, of: root) else { end(root, with: error) }
            StandardError.write("entente: \(failure)\n")
            ProcessEnd.leave(with: failure.exit.rawValue)
        }
    }

    /// As the argument parser would, whose sentences quote the command line: names of files, where a shell put them there.
    private static func end(_ root: (some AsyncParsableCommand).Type, with error: any Error) -> Never {
        let text = neutralWords(in: root.fullMessage(for: error), of: CommandLine.arguments.dropFirst())
        let code = root.exitCode(for: error)
        if !text.isEmpty {
            if code.isSuccess { try? StandardOutput.line(text) } else { StandardError.write(text + "\n") }
        }
        ProcessEnd.leave(with: code.rawValue)
    }

    /// A text of several lines, with the command line's words in it on one line each.
    static func neutralWords(in text: String, of arguments: some Sequence<String>) -> String {
        var scalars = Array(text.unicodeScalars)
        for argument in arguments where argument.unicodeScalars.contains(where: \.isDisruptive) {
            // A value may be quoted without its option's name.
            let value = argument.unicodeScalars.split(separator: "=", maxSplits: 1).last.map(Array.init) ?? []
            for word in [Array(argument.unicodeScalars), value] where word.contains(where: \.isDisruptive) {
                let shown = neutral(String(String.UnicodeScalarView(word)))
                scalars = scalars.replacing(word, with: Array(shown.unicodeScalars))
            }
        }
        return String(String.UnicodeScalarView(scalars))
    }

    /// What to say and how to exit; nil for the argument parser's errors and for ends that a command chose, which have
    /// exit codes of their own. An error that nobody foresaw is a bug.
    static func failure(for error: any Error, of root: (some ParsableCommand).Type) -> CommandFailure? {
        CommandFailure(explaining: error)
            ?? (root.exitCode(for: error) == .failure ? CommandFailure(.bug, "\(error)") : nil)
    }
}

extension CommandFailure {
    /// What an error of ours means for the person at the terminal; nil for the argument parser's own.
    init?(explaining error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let invalid as InvalidAnalysis: self.init(.badInput, invalid.problems)
        case let error as InferenceError: self.init(.badInput, "\(error)")
        case let failure as ImageFailure: self.init(.badInput, "\(failure)")
        case let error as SettingsError: self.init(.usage, lines: error.description)
        case let error as ReportingError: self.init(.badInput, "\(error)")
        case let error as HubError:
            self.init(Self.exit(for: error), "\(error)")
        case let held as PartitionsHeld: self.init(.unavailable, "\(held)")
        case let failure as TooManyFailures: self.init(.unavailable, "\(failure)")
        case let error as JobError: self.init(.badInput, "\(error).")
        case let error as PersistenceError: self.init(Self.exit(for: error), "\(error)")
        case let error as KafkaError: self.init(Self.exit(for: error), "\(error)")
        default: return nil
        }
    }

    private static func exit(for error: HubError) -> Exit {
        switch error.code {
        case .name: .usage
        case .notFound, .unusable, .damaged, .taken: .badInput
        case .unreachable, .disk: .unavailable
        }
    }

    private static func exit(for error: PersistenceError) -> Exit {
        switch error.code {
        // What was named or submitted.
        case .notFound, .value: .badInput
        case .configuration: .usage
        // The schema has to be migrated first, or the database has to let us.
        case .schema, .revision, .cluster, .connection: .unavailable
        // Rights, a password, a database that is not there.
        case .server where ["42501", "28000", "28P01", "3D000"].contains(error.sqlState): .unavailable
        case .server, .fenced, .answer: error.isRetriable ? .unavailable : .bug
        }
    }

    private static func exit(for error: KafkaError) -> Exit {
        switch error.name {
        // A property or the list of servers.
        case "_INVALID_ARG": .usage
        case "_STATE", "_NOT_IMPLEMENTED": .bug
        default: error.isTooLarge ? .badInput : .unavailable
        }
    }
}
