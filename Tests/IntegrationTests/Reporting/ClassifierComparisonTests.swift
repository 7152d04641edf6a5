import Foundation
import Persistence
import Testbed
import Testing

/// From results with parts to an augmented bank and to predictions under it, as docs/descriptors.md §4 has it.
@Suite(.startsWorkers) struct ClassifierComparisonTests {
    private static let ids = DrawnWorld.ids(perClass: 4, classes: 6)

    /// The demo's analysis without parts, its classes told by a bank.
    private static func plain(_ site: Site, _ name: String, bank: String, classifier: String) throws -> String {
        let yaml = """
            name: \(name)
            model: \(DrawnWorld.folder)/model
            classes: \(DrawnWorld.folder)/classes.json
            descriptors: \(bank)
            classifier: \(classifier)
            method: {parts: {by: []}}

            """
        return try site.scratch.write(yaml, to: "\(name).yaml")
    }

    private static func object(_ end: ProgramEnd) throws -> [String: Any] {
        try #require(end.status == 0, "\(end)")
        let line = try #require(end.output.split(separator: "\n").first)
        return try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    @Test func whatIsMinedOnOneHalfIsJudgedOnTheOther() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1)
            defer { site.end() }
            let bank = DrawnWorld.folder + "/descriptors.json"
            let manifest = try site.scratch.write(
                DrawnWorld.manifest(Self.ids, below: DrawnWorld.folder + "/heldout"), to: "manifest.csv")
            let mined = try site.submit(["--manifest", manifest])
            try site.work(environment: ["ENTENTE_FILE_ROOTS": DrawnWorld.folder])

            let output = site.scratch.path + "/augmented.json"
            let augmented = try Self.object(
                site.entente([
                    "augment", "--from", mined.analysis, "--bank", bank, "--output", output, "--split", "even",
                    "--json",
                ]))
            let images = try #require(augmented["images"] as? Int)
            #expect(images > 0 && images < Self.ids.count && augmented["classes"] as? Int == 28)
            let refused = try site.entente(["augment", "--from", mined.analysis, "--output", output])
            #expect(refused.status == 64 && refused.errors.contains("name their bank with --bank"), "\(refused)")

            let base = try Self.plain(site, "base", bank: bank, classifier: "descriptors")
            let told = try Self.plain(
                site, "augmented", bank: output, classifier: "{descriptors: \"{class}, {which}.\"}")
            let sent = try site.submit(["--manifest", manifest, "--split", "odd"], analysis: base)
            _ = try site.submit(["--manifest", manifest, "--split", "odd"], analysis: told)
            try site.work(environment: ["ENTENTE_FILE_ROOTS": DrawnWorld.folder])
            try site.expectRollupsTrue()
            let connection = try site.connect()
            let done = try connection.number(
                "SELECT count(*) FROM entente.image_results WHERE analysis_id = '\(sent.analysis)'")
            #expect(done == Self.ids.count - images)
            #expect(
                try connection.number(
                    "SELECT count(*) FROM entente.part_results WHERE analysis_id = '\(sent.analysis)'") == 0)

            let compared = try Self.object(site.entente(["compare", "--from", "base", "--to", "augmented", "--json"]))
            let accuracy = try #require(compared["accuracy"] as? [String: Any])
            #expect(compared["images_both"] as? Int == done && accuracy["images"] as? Int == done)
            #expect((accuracy["mcnemar"] as? [String: Any])?["exact_p"] is Double)
            let shown = try site.entente(["compare", "--from", mined.analysis, "--to", "base"])
            #expect(shown.output.contains("\(done) images in both, \(images) only before, 0 only now"), "\(shown)")

            let statistics = try Self.object(site.entente(["statistics", "--analysis", "base", "--json"]))
            #expect((statistics["predictions"] as? [String: Any])?["images"] as? Int == done)
            let exported = try site.entente(["export", "--analysis", "base", "--format", "jsonl", "--what", "images"])
            #expect(exported.output.split(separator: "\n").count == done, "\(exported)")
            let summary = try site.entente(["export", "--analysis", "base", "--format", "csv"])
            #expect(summary.output.contains("acc1,") && !summary.output.contains("mi_"), "\(summary)")
            let page = site.scratch.path + "/report.html"
            let report = try site.entente(["report", "--analysis", "base", "--output", page])
            #expect(report.status == 0, "\(report)")
            #expect(
                try String(contentsOfFile: page, encoding: .utf8).contains("This analysis predicts and finds no parts"))
            let truth = try site.entente(["augment", "--from", "base", "--output", output])
            #expect(truth.status == 65 && truth.errors.contains("finds no parts"), "\(truth)")

            let measured = try Self.object(
                site.entente([
                    "descriptors", bank, "--model", DrawnWorld.folder + "/model", "--analysis", mined.analysis,
                    "--json",
                ]))
            let figures = try #require(measured["figures"] as? [String: Any])
            #expect(figures["classes"] as? Int == 28 && figures["intra_div"] is Double)
            let accuracies = try #require(measured["accuracies"] as? [[String: Any]])
            #expect(accuracies.map { $0["name"] as? String } == ["base"] && accuracies[0]["labelled"] as? Int == done)
        }
    }
}
