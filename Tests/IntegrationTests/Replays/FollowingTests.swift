import Foundation
import Persistence
import Testbed
import Testing

/// What is looked at while and after a submission runs: `status --watch`, `submissions`, `export`.
@Suite(.startsWorkers) struct FollowingTests {
    private static func watch(_ site: Site, _ arguments: [String] = []) throws -> RunningProgram {
        try RunningProgram(
            Product.executable.get(),
            ["status", "--analysis", "demo", "--watch", "--interval", "0.1", "--postgres-uri", site.uri] + arguments,
            environment: Product.environment([:]), folder: site.scratch.path)
    }

    @Test func aSubmissionIsFollowedCancelledAndExported() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1)
            defer { site.end() }
            let ids = DrawnWorld.ids(perClass: 1, classes: 3)
            let submitted = try site.submit(ids, imagesPerJob: 3)

            let interrupted = try Self.watch(site)
            defer { interrupted.end() }
            try eventually("a line") { interrupted.output.contains("3 pending") || !interrupted.isRunning }
            interrupted.signal(SIGINT)
            #expect(try interrupted.wait(within: 30).status == -SIGINT)

            let watching = try Self.watch(site, ["--json"])
            defer { watching.end() }
            try site.work()
            let end = try watching.wait(within: 30)
            #expect(end.status == 0)
            let lines = end.output.split(separator: "\n")
            #expect(lines.first == #"{"done":0,"expected":3,"failed":0,"pending":3}"#)
            #expect(lines.last == #"{"done":3,"expected":3,"failed":0,"pending":0}"#)

            try Self.expectExports(site, submitted.analysis, ids)
            try Self.expectCancellation(site, submitted.analysis)
        }
    }

    private static func expectExports(_ site: Site, _ analysis: String, _ ids: [String]) throws {
        let file = site.scratch.path + "/images.csv"
        let images = try site.entente([
            "export", "--analysis", "demo", "--format", "csv", "--what", "images", "--output", file,
        ])
        #expect(images.status == 0 && images.output.isEmpty, "\(images)")
        let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 7 && lines[0] == ImageScoreExport.columns.joined(separator: ","))
        #expect(lines.dropFirst().allSatisfy { $0.hasPrefix(analysis + ",") })

        let objects = try site.entente(["export", "--analysis", "demo", "--format", "jsonl", "--what", "images"])
        struct Row: Decodable { let image_id, part_method: String }
        let rows = try objects.output.split(separator: "\n").map {
            try JSONDecoder().decode(Row.self, from: Data($0.utf8))
        }
        #expect(Set(rows.map(\.image_id)) == Set(ids) && rows.count == 6)

        let summary = try site.entente(["export", "--analysis", "demo", "--format", "csv", "--dataset", "drawn"])
        let figures = summary.output.split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        #expect(figures.first?.prefix(5) == ["dataset", "model", "pretrained", "task", "metrics"], "\(summary)")
        #expect(figures.count == 15 && figures.allSatisfy { $0.count == 10 }, "\(summary)")
        let view = try site.connect().query(
            """
            SELECT mi, top_1 FROM entente.analysis_summary
            WHERE part_method = 'kmeans' AND estimator = 'released' AND analysis_id = '\(analysis)'
            """)
        for (name, column) in [("mi_kmeans_released", 0), ("acc1", 1)] {
            let row = try #require(figures.first { $0[4] == name })
            #expect(row[0] == "drawn" && row[6] == "3" && row[9] == analysis)
            let value = try #require(Double(row[5]))
            #expect(try abs(value - view.double(0, column)) < 1e-9)
            #expect(try #require(Double(row[7])) <= value && value <= #require(Double(row[8])))
        }
    }

    private static func expectCancellation(_ site: Site, _ analysis: String) throws {
        let second = try site.submit(DrawnWorld.ids(perClass: 2, classes: 2), imagesPerJob: 2)
        #expect(try site.status(analysis) == Standing(expected: 5, done: 3, failed: 0, pending: 2))
        let refused = try site.entente(["analyses", "delete", analysis, "--yes"])
        #expect(refused.status == 65 && refused.errors.contains("2 pending"), "\(refused)")
        let list = try site.entente(["submissions", "list", "--analysis", "demo"])
        #expect(list.output.contains(second.submission) && list.output.contains("2/2"), "\(list)")
        let cancelled = try site.entente(["submissions", "cancel", second.submission, "--json"])
        #expect(cancelled.output == "{\"images\":2,\"submission\":\"\(second.submission)\"}\n", "\(cancelled)")
        #expect(try site.status(analysis) == Standing(expected: 3, done: 3, failed: 0, pending: 0))
        let again = try site.entente(["submissions", "list", "--json"])
        #expect(again.output.split(separator: "\n").first?.contains("\"state\":\"cancelled\"") == true, "\(again)")
        let unknown = try site.entente(["submissions", "cancel", "nobody's"])
        #expect(unknown.status == 65 && unknown.errors.contains("nobody's"), "\(unknown)")
        try site.expectRollupsTrue()
    }
}
