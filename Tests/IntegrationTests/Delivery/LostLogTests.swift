import Foundation
import Processes
import Testbed
import Testing

/// A log that nobody can write ends nothing.
@Suite(.startsWorkers) struct LostLogTests {
    /// - Returns: how the command ended, its standard error a disk that is full.
    private static func run(_ arguments: [String], _ environment: [String: String], in folder: String) throws -> Int32 {
        let child = try ChildProcess(
            [Product.executable.get()] + arguments, environment: Product.environment(environment), input: "/dev/null",
            output: folder + "/output", errors: "/dev/full")
        do { try eventually(within: 120, "the end of \(arguments)") { child.end != nil } } catch {
            child.signal(SIGKILL)
            child.wait()
            throw error
        }
        return try #require(child.end)
    }

    @Test func aWorkerDoesItsWork() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1)
            defer { site.end() }
            let ids = DrawnWorld.ids(perClass: 1)
            let submitted = try site.submit(ids, imagesPerJob: 1)
            let status = try Self.run(["worker", "--until-idle", "1"], site.environment, in: site.scratch.path)
            #expect(status == 0)
            #expect(
                try site.status(submitted.analysis)
                    == Standing(expected: ids.count, done: ids.count, failed: 0, pending: 0))
        }
    }

    /// Sentences are for people, and exit codes for everybody.
    @Test(
        arguments: [
            (["worker"], 64 as Int32), (["status", "--analysis", "none"], 64 as Int32),
            (["models", "verify", "/nowhere"], 65 as Int32), (["nonsense"], 64 as Int32),
            (["analyze", "--analysis", "/nowhere.yaml", "/nowhere.jpg"], 65 as Int32),
        ] as [([String], Int32)]) func aCommandEndsAsItWould(arguments: [String], expected: Int32) async throws
    {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let environment = ["XDG_CACHE_HOME": scratch.path]
            let told = try Product.run(arguments, in: scratch, environment: environment)
            #expect(told.status == expected && !told.errors.isEmpty, "\(told)")
            #expect(try Self.run(arguments, environment, in: scratch.path) == expected)
        }
    }
}
