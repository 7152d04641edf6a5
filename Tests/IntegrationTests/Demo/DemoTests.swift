import Foundation
import Testbed
import Testing

/// The whole main job as a person starts it.
@Suite(.startsWorkers(lasting: 30)) struct DemoTests {
    /// A running demo, and what it started.
    private struct Demo {
        let program: RunningProgram
        let tree: ProcessTree
        /// Of its PostgreSQL cluster.
        let folder: String

        init(_ scratch: ScratchFolder) throws {
            let program = try RunningProgram(
                Product.executable.get(), ["demo", "--output", scratch.path + "/report"],
                environment: Product.environment(["XDG_CACHE_HOME": scratch.path + "/cache"]), folder: scratch.path)
            self.program = program
            do {
                var tree = ProcessTree(of: program.pid)
                // Looked at only after it has said so, since looking takes time from it.
                try eventually(within: 120, "the demo submits") {
                    program.output.contains("· submitted") || !program.isRunning
                }
                try eventually(within: 60, "the demo's workers run") {
                    tree = ProcessTree(of: program.pid)
                    return tree.all("worker").count == 2 || !program.isRunning
                }
                self.tree = tree
                let data = try #require(
                    tree.members.flatMap(\.commandLine).first { $0.hasSuffix("/data") }, "\(program.output)")
                folder = URL(fileURLWithPath: data).deletingLastPathComponent().path
                try #require(FileManager.default.fileExists(atPath: folder + "/data/postmaster.pid"))
            } catch {
                program.end()
                throw error
            }
        }

        func expectNothingLeft(within seconds: Double, sourceLocation: SourceLocation = #_sourceLocation) throws {
            try eventually(within: seconds, "nothing of the demo runs") { !tree.members.contains(where: \.isAlive) }
            #expect(!FileManager.default.fileExists(atPath: folder), sourceLocation: sourceLocation)
        }
    }

    @Test func itPrintsWhatItFoundAndLeavesNothing() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let demo = try Demo(scratch)
            defer { demo.program.end() }
            let end = try demo.program.wait(within: 400)
            #expect(end.status == 0, "\(end)")
            try demo.expectNothingLeft(within: 0)
            let page = try String(contentsOfFile: scratch.path + "/report/report.html", encoding: .utf8)
            #expect(page.contains("280 of 280 images done") && page.contains("data:image/jpeg;base64,"))

            let accuracy = try #require(
                end.output.firstMatch(of: /accuracy on (\d+) held-out pictures: ([0-9.]+) % top-1/), "\(end)")
            #expect(Int(accuracy.1) ?? 0 >= 200)
            #expect(Double(accuracy.2) ?? 0 >= 85)
            for part in [
                "released", "membership", "agree most", "and least", "by 2 workers", "a second",
                "SELECT * FROM entente.analysis_summary",
            ] { #expect(end.output.contains(part), "\(end)") }
        }
    }

    /// librdkafka's in-process broker is known to end itself, and forgets everything then.
    @Test func aBrokerThatEndsIsReplaced() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let demo = try Demo(scratch)
            defer { demo.program.end() }
            let brokers = demo.tree.all("broker")
            try #require(!brokers.isEmpty, "\(demo.tree.members.map(\.commandLine))")
            for broker in brokers { kill(broker.pid, SIGKILL) }
            let end = try demo.program.wait(within: 400)
            #expect(end.status == 0, "\(end)")
            #expect(end.output.contains("the in-process broker has ended itself; starting another"), "\(end)")
            let page = try String(contentsOfFile: scratch.path + "/report/report.html", encoding: .utf8)
            #expect(page.contains("280 of 280 images done"))
            try demo.expectNothingLeft(within: 0)
        }
    }

    /// However it is ended: Ctrl-C reaches every process of the terminal's group, SIGTERM the demo alone, and from
    /// SIGKILL it can't clean up, so that others have to.
    @Test(arguments: [SIGINT, SIGTERM, SIGKILL]) func endedEarlyItLeavesNothingEither(signal: Int32) async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let demo = try Demo(scratch)
            defer { demo.program.end() }
            // It runs in a session of its own, so its group is what a terminal would signal.
            if signal == SIGINT { kill(-demo.program.pid, signal) } else { demo.program.signal(signal) }
            let end = try demo.program.wait(within: 60)
            #expect(end.status == (signal == SIGKILL ? -SIGKILL : 69), "\(end)")
            // A worker may take its grace period.
            try demo.expectNothingLeft(within: signal == SIGKILL ? 60 : 0)
            #expect(!end.output.contains("Zero-shot accuracy"), "it had ended before it was stopped")
        }
    }
}
