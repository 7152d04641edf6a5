import Foundation
import Testbed
import Testing

/// Dense methods on the way from queue to table.
@Suite(.startsWorkers) struct DenseDeliveryTests {
    private static let ids = DrawnWorld.ids(perClass: 2, classes: 3)
    private static let keys = ["kmeans@sc-clip+naclip", "pca@sc-clip+naclip"]

    private static func analysis(_ scratch: ScratchFolder) throws -> String {
        try scratch.write(
            """
            name: dense
            model: \(DrawnWorld.model)
            classes: \(DrawnWorld.folder)/classes.json
            descriptors: \(DrawnWorld.folder)/descriptors.json
            method:
              features: {dense: sc-clip}
              prompting: {mode: single_pass, dense: naclip}
              retrieval: {candidates: 42}
              language: {count: 20}
            """, to: "dense.yaml")
    }

    /// A worker knows the analysis from the database alone, and says what `analyze` says.
    @Test func workersSayWhatAnalyzeSays() async throws {
        try await onOwnThread {
            let site = try Site()
            defer { site.end() }
            let submitted = try site.submit(Self.ids, imagesPerJob: 32, analysis: Self.analysis(site.scratch))
            #expect(submitted.images == Self.ids.count)
            try site.work()
            try site.expectRollupsTrue()
            let connection = try site.connect()
            #expect(
                try connection.strings("SELECT DISTINCT part_method FROM entente.analysis_summary ORDER BY 1")
                    == Self.keys)

            let end = try Product.run(
                ["analyze", "--analysis", try Self.analysis(site.scratch), "--json", "--batch-size", "1"]
                    + Self.ids.map { site.root + "/" + $0 }, in: site.scratch)
            try #require(end.status == 0, "\(end)")
            let stored = try StoredReports(connection)
            for (id, line) in zip(Self.ids, end.output.split(separator: "\n")) {
                let report = try JSONDecoder().decode(Report.self, from: Data(line.utf8))
                #expect(report.partMethods.keys.sorted() == Self.keys)
                for (method, part) in report.partMethods { #expect(try part == stored.part(id, method), "\(id)") }
            }
        }
    }
}
