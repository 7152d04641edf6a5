import Foundation
import Persistence
import Testbed
import Testing

/// Where a worker goes on: what it finds in the database, and what an operator orders.
@Suite(.startsWorkers) struct OffsetsTests {
    private static let ids = DrawnWorld.ids(perClass: 2)

    /// A fail-over to a copy that lagged takes back what was stored; an idle worker finds that out by itself.
    @Test func aDatabaseThatForgotIsNoticed() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 2)
            defer { site.end() }
            let submitted = try site.submit(Self.ids, imagesPerJob: 1)
            let worker = try site.worker()
            try eventually(within: 120, "all is done") { try site.status(submitted.analysis).pending == 0 }
            let connection = try site.connect()
            try connection.exec(
                """
                BEGIN;
                DELETE FROM entente.part_results;
                DELETE FROM entente.image_results;
                UPDATE entente.job_offsets SET next_offset = 0, last_offset = NULL, last_digest = NULL;
                COMMIT
                """)
            #expect(try site.status(submitted.analysis).done == 0)
            try eventually(within: 120, "all is done again") { try site.status(submitted.analysis).pending == 0 }
            #expect(try site.status(submitted.analysis).done == Self.ids.count)
            worker.signal(SIGTERM)
            #expect(try worker.wait(within: 60).status == 0)
        }
    }

    @Test func anOperatorHoldsReleasesAndSets() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1)
            defer { site.end() }
            let early = try site.entente(["offsets", "hold", "--partition", "0"])
            #expect(early.status == 65 && early.errors.contains("has not begun"), "\(early)")
            let worker = try site.worker(environment: OperationsPort.environment)
            let port = try OperationsPort(of: worker)
            try worker.waitForErrors(containing: "partition assigned")
            let hold = try site.entente(["offsets", "hold", "--all", "--reason", "the volume is being moved"])
            #expect(hold.status == 0, "\(hold)")
            try eventually("the worker says why it waits") {
                try port.unreadiness().contains { $0.detail.contains("the volume is being moved") }
            }
            let submitted = try site.submit(Array(Self.ids.prefix(3)), imagesPerJob: 1)
            let list = try site.entente(["offsets", "list"])
            #expect(list.status == 0 && list.output.contains("held: the volume is being moved"), "\(list)")
            #expect(try site.status(submitted.analysis).pending == 3)
            #expect(try site.entente(["offsets", "release", "--all"]).status == 0)
            try eventually("all is done") { try site.status(submitted.analysis).pending == 0 }
            try eventually("the worker is ready") { try port.unreadiness().isEmpty }

            // Read again, and passed over: their results stand.
            let set = try site.entente(["offsets", "set", "--partition", "0", "--to", "1"])
            #expect(set.status == 0 && set.output == "Partition 0: from 3 to 1.\n", "\(set)")
            try eventually("they were read again") { try site.offsetsStored() == 3 }
            #expect(try site.status(submitted.analysis).done == 3)
            for wrong in [
                ["set", "--partition", "0", "--to", "4"], ["set", "--partition", "7", "--to", "0"],
                ["set", "--partition", "0", "--to", "-1"], ["set", "--to", "0"], ["hold"],
                ["set", "--all", "--partition", "0", "--to", "0"], ["hold", "--all", "--reason", " "],
            ] {
                let end = try site.entente(["offsets"] + wrong)
                #expect([64, 65].contains(end.status), "\(end)")
                #expect(end.errors.split(separator: "\n").count >= 1, "\(end)")
            }
            worker.signal(SIGTERM)
            #expect(try worker.wait(within: 60).status == 0)
        }
    }

    /// Asking each log for its end one after another took a minute for as many.
    @Test func manyEmptyPartitionsAreSeenThroughAtOnce() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 280)
            defer { site.end() }
            let end = try site.worker(["--until-idle", "0.5"]).wait(within: 60)
            #expect(end.status == 0, "\(end)")
            #expect(try Self.seconds(between: "worker starts", and: "worker ends", in: end.errors) < 20)
        }
    }

    /// A broker that is gone is no reason to outlive a stop.
    @Test func aStopIsHeardWithoutABroker() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 4)
            defer { site.end() }
            let worker = try site.worker(["--until-idle", "5"])
            try worker.waitForErrors(containing: "partition assigned")
            try site.order("down all")
            try worker.waitForErrors(containing: "idle, but the broker or the database does not answer", within: 90)
            worker.signal(SIGTERM)
            let end = try worker.wait(within: 30)
            #expect(end.status == 0, "\(end)")
        }
    }

    /// Between the log lines that first hold these words.
    private static func seconds(between one: String, and other: String, in log: String) throws -> Double {
        func time(_ words: String) throws -> Date {
            let line = try #require(log.split(separator: "\n").first { $0.contains(words) }, "no “\(words)” in \(log)")
            let stamp = try #require(line.firstMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/), "\(line)")
            let style = Date.ISO8601FormatStyle(includingFractionalSeconds: stamp.1 != nil)
            return try style.parse(String(stamp.0))
        }
        return try time(other).timeIntervalSince(time(one))
    }
}
