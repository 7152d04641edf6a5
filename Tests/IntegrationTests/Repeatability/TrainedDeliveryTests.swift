import Analyzing
import Foundation
import Persistence
import Testbed
import Testing

/// Trained heads as part methods, on the way from queue to table.
@Suite(.startsWorkers(lasting: 30)) struct TrainedDeliveryTests {
    private static let ids = DrawnWorld.ids(perClass: 2, classes: 3)

    private static func submit(_ analysis: String, _ site: Site) throws -> Site.Submitted {
        _ = try DrawnWorld.copy(ids, to: site.scratch)
        let manifest = try site.scratch.write(DrawnWorld.manifest(ids, below: site.root), to: "manifest.csv")
        return try site.submit(["--manifest", manifest, "--images-per-job", "4"], analysis: analysis)
    }

    /// Where workers look for models, with more directories.
    private static func lookingIn(_ folders: String...) -> [String: String] {
        ["ENTENTE_MODEL_PATH": ([DrawnWorld.model] + folders).joined(separator: ":")]
    }

    /// How explanations were judged, every column of it.
    private static func judged(_ connection: Connection) throws -> [String] {
        try connection.strings(
            """
            SELECT (to_jsonb(j) - '{shard}'::text[])::text FROM entente.judged_results AS j
            ORDER BY image_id, subject, variant, metric
            """)
    }

    /// A worker knows the analysis from the database and the head by its hash, and says what `analyze` says; sent again, the same.
    @Test func workersSayWhatAnalyzeSays() async throws {
        try await onOwnThread {
            let site = try Site()
            defer { site.end() }
            var heads: [String: String] = [:]
            for baseline in TrainedWorld.baselines {
                heads[baseline.name] = try TrainedWorld.train(baseline, in: site.scratch).folder
            }
            let methods = ["feature_maps", "kmeans", "mm_cbm", "mm_protosim"]
            let analysis = try TrainedWorld.analysis("explained", heads: heads, in: site.scratch)
            let submitted = try Self.submit(analysis, site)
            let environment = Self.lookingIn(site.scratch.path + "/heads")
            try site.work(["--batch-size", "1", "--lanes", "1"], environment: environment)
            try site.expectRollupsTrue()
            let connection = try site.connect()
            #expect(
                try connection.strings("SELECT DISTINCT part_method FROM entente.analysis_summary ORDER BY 1")
                    == methods)

            let end = try Product.run(
                ["analyze", "--analysis", analysis, "--json", "--batch-size", "5"]
                    + Self.ids.map { site.root + "/" + $0 }, in: site.scratch)
            try #require(end.status == 0, "\(end)")
            let stored = try StoredReports(connection)
            let lines = end.output.split(separator: "\n")
            try #require(lines.count == Self.ids.count)
            for (id, line) in zip(Self.ids, lines) {
                let report = try JSONDecoder().decode(Report.self, from: Data(line.utf8))
                #expect(report.analysis == submitted.analysis)
                #expect(report.partMethods.keys.sorted() == methods)
                for (method, part) in report.partMethods { #expect(try part == stored.part(id, method), "\(id)") }
            }

            // Each part method by its importances and two nulls, in four ways.
            let judged = try Self.judged(connection)
            #expect(judged.count == Self.ids.count * methods.count * 3 * 4)
            let expected = Self.ids.count * 3 * 4
            for method in methods {
                let count = try connection.number(
                    "SELECT count(*) FROM entente.judged_results WHERE subject = '\(method)'")
                #expect(count == expected, "\(method)")
            }
            #expect(
                try connection.number(
                    "SELECT count(*) FROM entente.judged_results WHERE variant = 'importance' AND metric = 'deletion'"
                        + " AND cardinality(points) BETWEEN 2 AND 4") == Self.ids.count * methods.count)

            let rows = try StoredRows(connection)
            let sent = try site.entente(
                ["replay", "--from", "explained", "--to", analysis, "--force", "--images-per-job", "1"],
                environment: environment)
            try #require(sent.status == 0, "\(sent)")
            try site.work(["--batch-size", "7", "--lanes", "2"], environment: environment)
            // Computed anew, and nothing else came of it.
            #expect(
                try connection.number(
                    """
                    SELECT count(*) FROM entente.image_results AS r JOIN entente.submissions AS s ON s.sequence = r.submission
                    WHERE s.kind = 'replay'
                    """) == Self.ids.count)
            #expect(try StoredRows(connection).differences(from: rows) == [])
            #expect(try Self.judged(connection) == judged)
            try site.expectRollupsTrue()
        }
    }

    /// Without the head, and with one that differs in a bit, a worker says so and waits; with it, it goes on by itself.
    @Test func aMissingHeadFailsNothing() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1)
            defer { site.end() }
            let (folder, hash) = try TrainedWorld.train(TrainedWorld.bottleneck, in: site.scratch)
            let submitted = try Self.submit(
                TrainedWorld.analysis("explained", heads: ["mm_cbm": folder], in: site.scratch), site)
            let heads = site.scratch.path + "/found"
            let worker = try site.worker(
                ["--until-idle", "1"],
                environment: Self.lookingIn(heads).merging(OperationsPort.environment) { $1 })
            let port = try OperationsPort(of: worker)
            let sentence =
                "No directory of ENTENTE_MODEL_PATH holds the trained head (explainers.mm_cbm) whose head.safetensors has "
                + "SHA-256 \(hash); copy the folder that entente train wrote there."
            func refusals() -> Int { worker.errors.components(separatedBy: sentence).count - 1 }
            let waiting = Standing(expected: Self.ids.count, done: 0, failed: 0, pending: Self.ids.count)
            try eventually("the head is missed") { try port.unreadiness().map(\.kind) == ["model_missing"] }
            let problem = try #require(try port.unreadiness().first)
            #expect(problem.detail.contains(sentence))
            #expect(try site.status(submitted.analysis) == waiting)

            // The lowest bit of the last weight but one.
            var bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/head.safetensors"))
            bytes[bytes.count - 8] ^= 1
            try site.scratch.write(bytes, to: "found/bent/head.safetensors")
            let before = refusals()
            // The look that is under way may have begun before the file was there.
            try eventually("the changed head is refused") { refusals() > before + 1 }
            #expect(try site.status(submitted.analysis) == waiting && worker.isRunning)

            try FileManager.default.copyItem(atPath: folder, toPath: heads + "/right")
            let end = try worker.wait(within: 120)
            #expect(end.status == 0, "\(end)")
            #expect(
                try site.status(submitted.analysis)
                    == Standing(expected: Self.ids.count, done: Self.ids.count, failed: 0, pending: 0))
            try site.expectRollupsTrue()
        }
    }

    /// Another head is another analysis; a head that is gone, or of something else, is no analysis at all.
    @Test func analysesNameTheirHeadByItsBytes() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let (folder, hash) = try TrainedWorld.train(TrainedWorld.bottleneck, in: scratch)
            func analyze(_ name: String, _ heads: [String: String]) throws -> ProgramEnd {
                try Product.run(
                    [
                        "analyze", "--analysis", TrainedWorld.analysis(name, heads: heads, in: scratch), "--json",
                        DrawnWorld.path(Self.ids[0]),
                    ], in: scratch)
            }
            func id(_ end: ProgramEnd) throws -> String {
                try #require(end.status == 0, "\(end)")
                return try JSONDecoder().decode(Report.self, from: Data(end.output.utf8)).analysis
            }
            let trained = try id(analyze("first", ["mm_cbm": folder]))
            #expect(try id(analyze("same", ["mm_cbm": folder])) == trained)
            #expect(try id(analyze("plain", [:])) != trained)
            var bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/head.safetensors"))
            bytes[bytes.count - 8] ^= 1
            let bent = try scratch.write(bytes, to: "bent/head.safetensors")
            #expect(try FileDigest.sha256([bent]) != hash)
            #expect(try id(analyze("second", ["mm_cbm": scratch.path + "/bent"])) != trained)

            let other = try analyze("other", ["mm_protosim": folder])
            #expect(other.status == 65 && other.errors.contains("trained with the baseline “mm_cbm”"), "\(other)")
            let gone = try analyze("gone", ["mm_cbm": scratch.path + "/nowhere"])
            #expect(
                gone.status == 65 && gone.errors.contains("nowhere/head.safetensors is missing; name a folder"),
                "\(gone)")
        }
    }
}
