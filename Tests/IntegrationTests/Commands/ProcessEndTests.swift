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
