import Foundation
import Persistence
import Testbed
import Testing

@Suite(.startsWorkers) struct DeadLetterTests {
    private struct Requeued: Decodable, Equatable {
        let letters, requeued, settled, too_large, images: Int
    }

    private static func requeue(_ site: Site, _ arguments: [String]) throws -> Requeued {
        let end = try site.entente(["dead-letters", "requeue", "--json"] + arguments)
        try #require(end.status == 0, "\(end)")
        return try JSONDecoder().decode(Requeued.self, from: Data(end.output.utf8))
    }

    @Test func whatIsMendedIsRequeued() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1)
            defer { site.end() }
            let ids = DrawnWorld.ids(perClass: 1, classes: 4)
            _ = try DrawnWorld.copy(ids, to: site.scratch)
            for id in ids.prefix(2) { try FileManager.default.removeItem(atPath: site.root + "/" + id) }
            let manifest = try site.scratch.write(DrawnWorld.manifest(ids, below: site.root), to: "list.csv")
            let submitted = try site.submit(["--manifest", manifest, "--images-per-job", "4"])
            try site.produce("{", key: "broken", headers: [.init("origin", "a test")])
            try site.work()
            let connection = try site.connect()
            #expect(try site.status("demo") == Standing(expected: 4, done: 2, failed: 2, pending: 0))

            let letter = "\(Site.topic)/0/0"
            let list = try site.entente(["dead-letters", "list"])
            #expect(list.output.contains(letter) && list.output.contains("\(Site.topic)/0/1"), "\(list)")
            let ofOne = try site.entente(["dead-letters", "list", "--analysis", "demo", "--json"])
            #expect(ofOne.output.split(separator: "\n").count == 1 && ofOne.output.contains(letter), "\(ofOne)")
            let shown = try site.entente(["dead-letters", "show", letter])
            for named in ["not_found", ids[0], ids[1], "file://", "never", submitted.analysis] {
                #expect(shown.output.contains(named), "\(shown)")
            }
            let unknown = try site.entente(["dead-letters", "requeue", "x/1/2"])
            #expect(unknown.status == 65 && unknown.errors.contains("x/1/2"), "\(unknown)")

            // One of the two comes back, and meanwhile the other is settled: only the one is sent.
            _ = try DrawnWorld.copy([ids[0]], to: site.scratch)
            #expect(
                try Self.requeue(site, ["--analysis", "demo"])
                    == Requeued(letters: 1, requeued: 1, settled: 0, too_large: 0, images: 2))
            try site.work()
            #expect(try site.status("demo") == Standing(expected: 4, done: 3, failed: 1, pending: 0))
            // Calling the submission off does not speak against what is asked for since.
            let cancelled = try site.entente(["submissions", "cancel", submitted.submission])
            try #require(cancelled.status == 0, "\(cancelled)")
            _ = try DrawnWorld.copy([ids[1]], to: site.scratch)
            #expect(
                try Self.requeue(site, [letter])
                    == Requeued(letters: 1, requeued: 1, settled: 0, too_large: 0, images: 1))
            // All that were never requeued: the one that is no job, as it came, and what failed again.
            #expect(
                try Self.requeue(site, ["--all"])
                    == Requeued(letters: 2, requeued: 2, settled: 0, too_large: 0, images: 1))
            try site.work()
            #expect(try site.status("demo") == Standing(expected: 4, done: 4, failed: 0, pending: 0))
            let copies = try connection.query(
                """
                SELECT count(*), count(DISTINCT (message_key, message_value, header_names, header_values))
                FROM entente.dead_letters WHERE message_key = 'broken'
                """)
            #expect(try copies.bigint(0, 0) == 2 && copies.bigint(0, 1) == 1)
            #expect(
                try connection.strings(
                    "SELECT requeue_count::text FROM entente.dead_letters WHERE dead_letter_id = '\(letter)'") == ["2"])
            #expect(
                try Self.requeue(site, [letter])
                    == Requeued(letters: 1, requeued: 0, settled: 1, too_large: 0, images: 0))
            try site.expectRollupsTrue()
        }
    }
}
