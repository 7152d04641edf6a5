import Foundation
import Persistence
import Processes

/// A program that a test started. Every wait has a deadline; a program that misses it is killed.
///
/// Output goes to files, so that no pipe can fill up or be held open by a grandchild. Belongs to one thread.
public final class RunningProgram {
    private let process: ChildProcess
    private let name: String
    private let outputFile: String
    private let errorFile: String
    private let start = Date()

    /// - Parameters:
    ///   - environment: all of it; nothing is inherited.
    ///   - folder: where its output is written, under names of their own.
    ///   - input: what it reads from standard input; nil is an empty one.
    ///   - conversing: its standard input is open instead, for ``send(_:)``.
    public init(
        _ executable: String, _ arguments: [String], environment: [String: String], folder: String,
        input: String? = nil, conversing: Bool = false
    ) throws {
        let stem = folder + "/" + (arguments.first ?? "program") + "-" + UUID().uuidString.prefix(8)
        name = ([URL(fileURLWithPath: executable).lastPathComponent] + arguments).joined(separator: " ")
        outputFile = stem + ".out"
        errorFile = stem + ".err"
        let inputFile = stem + ".in"
        try Data((input ?? "").utf8).write(to: URL(fileURLWithPath: inputFile))
        process = try ChildProcess(
            [executable] + arguments, environment: environment, input: conversing ? nil : inputFile,
            output: outputFile, errors: errorFile)
    }

    public var pid: pid_t { process.pid }
    public var isRunning: Bool { process.end == nil }
    /// What it has written so far.
    public var output: String { (try? String(contentsOfFile: outputFile, encoding: .utf8)) ?? "" }
    public var errors: String { (try? String(contentsOfFile: errorFile, encoding: .utf8)) ?? "" }

    /// Sends a signal, unless it has ended.
    public func signal(_ number: Int32) { process.signal(number) }

    /// Writes a line to its standard input, if it converses.
    public func send(_ line: String) { process.send(line + "\n") }

    /// Waits for its end.
    ///
    /// - Throws: ``DeadlinePassed`` with its last words; it is killed then.
    public func wait(within seconds: Double = 120) throws -> ProgramEnd {
        do {
            try eventually(within: seconds, "the end of “\(name)”") { !isRunning }
        } catch let late as DeadlinePassed {
            end()
            throw DeadlinePassed(description: late.description + "; its last words:\n\(lastWords)")
        }
        return ProgramEnd(
            command: name,
            status: process.end ?? 0,
            output: output, errors: errors, seconds: Date().timeIntervalSince(start))
    }

    /// Waits until it has written a line to standard error that contains `text`.
    public func waitForErrors(containing text: String, within seconds: Double = 60) throws {
        do {
            try eventually(within: seconds, "“\(text)” from “\(name)”") {
                errors.contains(text) || !isRunning
            }
        } catch let late as DeadlinePassed {
            throw DeadlinePassed(description: late.description + "; its last words:\n\(lastWords)")
        }
        guard errors.contains(text) else {
            throw DeadlinePassed(description: "“\(name)” ended before “\(text)”; its last words:\n\(lastWords)")
        }
    }

    /// Kills it, if it still runs, and waits for its end.
    public func end() {
        signal(SIGKILL)
        process.wait()
    }

    private var lastWords: String {
        (output + errors).split(separator: "\n").suffix(15).joined(separator: "\n")
    }
}
