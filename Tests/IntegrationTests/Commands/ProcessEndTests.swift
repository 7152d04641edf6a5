import Foundation
import Testbed
import Testing

/// What is left to do when a command has done its work.
@Suite(.startsWorkers) struct ProcessEndTests {
    private static let fault = ["ENTENTE_FAULT_AT_EXIT": "1"]

    static let ends: [(arguments: [String], status: Int32)] = [
        (["--version"], 0), (["no-such-command"], 64), (["status", "--analysis", "x"], 64),
    ]

    /// A library that fails while it tidies up behind a command does not make it a failed one, nor hides how it failed.
    @Test(arguments: ends) func librariesHaveNoLastWord(arguments: [String], status: Int32) throws {
        let scratch = try ScratchFolder()
        defer { scratch.remove() }
        let program = try RunningProgram(
            Product.faulty.get(), arguments, environment: Product.environment(Self.fault), folder: scratch.path)
        let end = try program.wait(within: 60)
        #expect(end.status == status, "\(end)")
        #expect(!(end.output + end.errors).isEmpty)
    }

    /// The thread's name is the word that a crash leaves behind; the process ends by the signal all the same.
    @Test(arguments: [SIGSEGV, SIGABRT, SIGBUS]) func aFaultLeavesAWord(signal: Int32) async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1)
            defer { site.end() }
            let worker = try site.worker()
            let connection = try site.connect()
            try eventually("the worker is there") {
                try connection.number(
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'entente %/\(worker.pid)'")
                    > 0
            }
            worker.signal(signal)
            let end = try worker.wait(within: 60)
            #expect(end.status == -signal, "\(end)")
            // Whichever thread it reaches, librdkafka's among them.
            let word = /entente: ended by signal (\d+) in its thread \S+\n/
            #expect(end.errors.firstMatch(of: word)?.1 == "\(signal)", "\(end)")
        }
    }

    @Test func norBehindAWorker() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1)
            defer { site.end() }
            let worker = try site.worker(["--until-idle", "0.1"], environment: Self.fault, of: Product.faulty)
            let end = try worker.wait(within: 60)
            #expect(end.status == 0, "\(end)")
        }
    }
}
