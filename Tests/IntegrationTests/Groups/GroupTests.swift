import Foundation
import Persistence
import Testbed
import Testing

/// `decomposition: group`: the pictures of a job are decomposed jointly, whoever does it and in which order.
@Suite(.startsWorkers) struct GroupTests {
    private static let classes = Array(DrawnWorld.classes.prefix(3))
    private static let ids = DrawnWorld.ids(perClass: 4, classes: 3)

    private static func analysis(_ scratch: ScratchFolder, partMethods: String = "[pca, kmeans]") throws -> String {
        try scratch.write(
            """
            name: grouped
            model: \(DrawnWorld.model)
            classes: \(DrawnWorld.folder)/classes.json
            descriptors: \(DrawnWorld.folder)/descriptors.json
            method:
              decomposition: group
              parts: {by: \(partMethods)}
              retrieval: {candidates: 42}
              language: {count: 20}
            """, to: "grouped.yaml")
    }

    private static func manifest(_ ids: [String], _ site: Site) throws -> String {
        _ = try DrawnWorld.copy(ids, to: site.scratch)
        return try site.scratch.write(
            DrawnWorld.manifest(ids, below: site.root), to: "manifest-\(UUID().uuidString.prefix(8)).csv")
    }

    private static func submit(
        _ ids: [String], _ site: Site, imagesPerJob: Int = 50, _ arguments: [String] = []
    ) throws -> Site.Submitted {
        try site.submit(
            [
                "--manifest", try manifest(ids, site), "--group-by", "label", "--images-per-job", "\(imagesPerJob)",
            ] + arguments,
            analysis: try analysis(site.scratch))
    }

    @Test func neitherBatchesNorWorkersNorOrderChangeARow() async throws {
        try await onOwnThread {
            var outcomes: [(site: Site, rows: StoredRows)] = []
            defer { outcomes.forEach { $0.site.end() } }
            for (ids, workers, batch) in [
                (Self.ids, 1, 1), (Array(Self.ids.reversed()), 2, 7), (Self.ids, 1, 32),
            ] {
                let site = try Site()
                do {
                    let submitted = try Self.submit(ids, site)
                    #expect(submitted.jobs == 3 && submitted.images == 12)
                    let running = try (0..<workers).map { _ in
                        try site.worker(["--until-idle", "1", "--batch-size", "\(batch)"])
                    }
                    for worker in running { #expect(try worker.wait(within: 180).status == 0) }
                    try site.expectRollupsTrue()
                    outcomes.append((site, try StoredRows(site.connect())))
                } catch {
                    site.end()
                    throw error
                }
            }
            let first = outcomes[0]
            #expect(first.rows.count("image") == 12 && first.rows.count("part") == 24)
            for other in outcomes.dropFirst() { #expect(other.rows.differences(from: first.rows) == []) }
            // One digest a group, and never the same.
            #expect(
                try first.site.connect().number(
                    """
                    SELECT count(DISTINCT (group_name, group_digest)) * 100 + count(DISTINCT group_digest)
                    FROM entente.image_results
                    """) == 303)
            try Self.expectAnalyzeAgrees(first.site)
        }
    }

    /// `analyze --joint` takes its arguments in any order, and says the same.
    private static func expectAnalyzeAgrees(_ site: Site) throws {
        let members = Self.ids.filter { $0.hasPrefix(Self.classes[1] + "/") }
        let end = try Product.run(
            ["analyze", "--analysis", try analysis(site.scratch), "--json", "--joint"]
                + members.reversed().map { site.root + "/" + $0 }, in: site.scratch)
        try #require(end.status == 0, "\(end)")
        let stored = try StoredReports(site.connect())
        let lines = end.output.split(separator: "\n")
        try #require(lines.count == members.count)
        for (id, line) in zip(members.reversed(), lines) {
            let report = try JSONDecoder().decode(Report.self, from: Data(line.utf8))
            #expect(report.image.hasSuffix(id))
            #expect(report.partMethods.count == 2)
            for (method, part) in report.partMethods { #expect(try part == stored.part(id, method), "\(id)") }
        }
    }

    /// An image has one group: in another one it is refused, unless it is forced.
    @Test func anImageOfAnotherGroupIsRefused() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1)
            defer { site.end() }
            let own = Self.ids.filter { $0.hasPrefix(Self.classes[0] + "/") }
            let first = try Self.submit(own, site)
            try site.work()
            let connection = try site.connect()
            let rows = try StoredRows(connection)
            let digest = try connection.strings("SELECT DISTINCT group_digest FROM entente.image_results")
            try #require(digest.count == 1)

            // Two of the four with one that has no result yet; and the same four again, which is no conflict.
            let added = own[0].replacing("000", with: "005")
            _ = try Self.submit([own[1], added, own[2]], site)
            _ = try Self.submit(own, site)
            try site.work()
            let failures = try connection.query(
                "SELECT image_id, kind, message FROM entente.failed_images ORDER BY image_id")
            #expect(try (0..<failures.count).map { try failures.text($0, 0) } == [own[1], own[2]])
            for row in 0..<failures.count {
                #expect(try failures.text(row, 1) == "group_conflict")
                #expect(try failures.text(row, 2).contains("--force"))
            }
            #expect(try connection.number("SELECT count(*) FROM entente.dead_letters") == 1)
            let after = try StoredRows(connection)
            let touched = after.differences(from: rows).filter { !$0.hasPrefix("summary") && !$0.hasPrefix("class") }
            #expect(touched == ["image \(added)", "part \(added) kmeans", "part \(added) pca"])
            #expect(try site.status(first.analysis) == Standing(expected: 5, done: 5, failed: 0, pending: 0))

            _ = try Self.submit([own[1], own[2]], site, ["--force"])
            try site.work()
            #expect(
                try connection.number(
                    "SELECT count(DISTINCT group_digest) FROM entente.image_results WHERE image_id IN ('\(own[1])', '\(own[2])')"
                ) == 1)
            #expect(
                try connection.number(
                    "SELECT count(*) FROM entente.image_results WHERE group_digest = '\(digest[0])'") == 2)
            #expect(try connection.number("SELECT count(*) FROM entente.failed_images") == 2)
            try site.expectRollupsTrue()
        }
    }

    /// What can't be had is left out, and the others say so.
    @Test func aMemberThatFailsIsLeftOutAndSaid() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1)
            defer { site.end() }
            let own = Self.ids.filter { $0.hasPrefix(Self.classes[0] + "/") }
            let manifest = try Self.manifest(own, site)
            try FileManager.default.removeItem(atPath: site.root + "/" + own[3])
            let submitted = try site.submit(
                ["--manifest", manifest, "--group-by", "label"], analysis: try Self.analysis(site.scratch))
            try site.work()
            let connection = try site.connect()
            #expect(try site.status(submitted.analysis) == Standing(expected: 4, done: 3, failed: 1, pending: 0))
            #expect(
                try connection.strings("SELECT DISTINCT flags::text FROM entente.part_results") == [
                    "{group_incomplete}"
                ])
            #expect(try connection.strings("SELECT kind FROM entente.failed_images") == ["not_found"])

            // Which is what a group without it gives, but for the flag.
            let end = try Product.run(
                ["analyze", "--analysis", try Self.analysis(site.scratch), "--json", "--joint"]
                    + own.prefix(3).map { site.root + "/" + $0 }, in: site.scratch)
            try #require(end.status == 0, "\(end)")
            let stored = try StoredReports(connection)
            for (id, line) in zip(own, end.output.split(separator: "\n")) {
                let report = try JSONDecoder().decode(Report.self, from: Data(line.utf8))
                #expect(try report.partMethods["pca"]?.parts == stored.part(id, "pca").parts)
                #expect(try report.partMethods["pca"]?.estimators == stored.part(id, "pca").estimators)
            }
        }
    }

    @Test func statisticsAreOfTheRows() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1)
            defer { site.end() }
            let submitted = try Self.submit(Self.ids, site)
            let nothing = try site.entente(["statistics", "--analysis", submitted.analysis])
            #expect(nothing.status == 0 && nothing.output.contains("no results yet"), "\(nothing)")
            try site.work()
            let end = try site.entente(["statistics", "--analysis", "grouped", "--json", "--resamples", "50"])
            try #require(end.status == 0, "\(end)")
            let found = try #require(
                try JSONSerialization.jsonObject(with: Data(end.output.utf8)) as? [String: Any])
            #expect(found["analysis"] as? String == submitted.analysis)
            let methods = try #require(found["part_methods"] as? [String: [String: Any]])
            #expect(methods.keys.sorted() == ["kmeans", "pca"])
            let summary = try site.connect().query(
                """
                SELECT part_method, estimator, mi, auc, auc_padded, top_1 FROM entente.analysis_summary
                """)
            #expect(summary.count == 4)
            for row in 0..<summary.count {
                let method = try #require(methods[summary.text(row, 0)])
                let estimator = try #require(method[summary.text(row, 1)] as? [String: Any])
                for (column, key) in [(2, "mi"), (3, "auc"), (4, "auc_padded")] {
                    let estimate = try #require(estimator[key] as? [String: Double])
                    let (value, view) = (try #require(estimate["value"]), try summary.double(row, column))
                    #expect((value - view).magnitude < 1e-9, "\(key)")
                    #expect(estimate["lower"] ?? .infinity <= value && value <= estimate["upper"] ?? -.infinity)
                }
                #expect((method["top_1"] as? [String: Double])?["value"] == (try summary.double(row, 5)))
                let null = try #require(estimator["null"] as? [String: Any])
                #expect(null["shuffles"] as? Int == 999)
            }
            let again = try site.entente(["statistics", "--analysis", "grouped", "--json", "--resamples", "50"])
            #expect(again.output == end.output)
            let table = try site.entente(["statistics", "--analysis", "grouped"])
            #expect(table.output.contains("kmeans parts, 12 images of 3 classes"), "\(table)")
        }
    }
}
