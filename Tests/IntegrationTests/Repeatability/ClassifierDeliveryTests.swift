import Foundation
import Testbed
import Testing

/// Class embeddings out of a file, on the way from queue to table.
@Suite(.startsWorkers) struct ClassifierDeliveryTests {
    private static let ids = DrawnWorld.ids(perClass: 1, classes: 8)
    private static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../Golden/classifier/turned.pth").standardizedFileURL.path

    private static func analysis(_ name: String, _ classes: String, in scratch: ScratchFolder) throws -> String {
        try scratch.write(
            """
            name: \(name)
            model: \(DrawnWorld.model)
            classes: \(DrawnWorld.folder)/classes.json
            \(classes)
            descriptors: \(DrawnWorld.folder)/descriptors.json
            method: {parts: {by: [kmeans]}, retrieval: {candidates: 42}, language: {count: 20}}
            """, to: "\(name).yaml")
    }

    private static func reports(_ analysis: String, _ site: Site) throws -> [Report] {
        let end = try Product.run(
            ["analyze", "--analysis", analysis, "--json"] + ids.map { site.root + "/" + $0 }, in: site.scratch)
        try #require(end.status == 0, "\(end)")
        return try end.output.split(separator: "\n").map { try JSONDecoder().decode(Report.self, from: Data($0.utf8)) }
    }

    /// The file's rows are the template's, each one place earlier. It is gone before any worker starts.
    @Test func workersHaveItFromTheDatabase() async throws {
        try await onOwnThread {
            let site = try Site()
            defer { site.end() }
            _ = try DrawnWorld.copy(Self.ids, to: site.scratch)
            let file = try site.scratch.write(
                Data(contentsOf: URL(fileURLWithPath: Self.golden)), to: "turned.pth")
            let turned = try Self.analysis("turned", "classifier: {file: turned.pth}", in: site.scratch)
            let said = try Self.reports(turned, site)
            let manifest = try site.scratch.write(
                DrawnWorld.manifest(Self.ids, below: site.root), to: "manifest.csv")
            let submitted = try site.submit(["--manifest", manifest, "--images-per-job", "3"], analysis: turned)
            #expect(submitted.images == Self.ids.count && said.allSatisfy { $0.analysis == submitted.analysis })
            try FileManager.default.removeItem(atPath: file)
            try site.work()
            try site.expectRollupsTrue()

            let stored = try StoredReports(site.connect())
            let plain = try Self.reports(
                Self.analysis("plain", #"templates: ["a photo of a {}."]"#, in: site.scratch), site)
            try #require(said.count == Self.ids.count && plain.count == Self.ids.count)
            for (id, (said, plain)) in zip(Self.ids, zip(said, plain)) {
                #expect(try said.prediction == stored.prediction(id), "\(id)")
                for (method, part) in said.partMethods { #expect(try part == stored.part(id, method), "\(id)") }
                // The same five embeddings, under the names of the classes before.
                let classes = DrawnWorld.classes
                let before = try plain.prediction.top.map { entry in
                    let place = try #require(classes.firstIndex(of: entry.class))
                    return classes[(place + classes.count - 1) % classes.count]
                }
                #expect(said.prediction.top.map(\.class) == before, "\(id)")
                for (one, other) in zip(said.prediction.top, plain.prediction.top) {
                    #expect(abs(one.similarity - other.similarity) < 1e-4, "\(id)")
                }
                #expect(said.analysis != plain.analysis && said.partMethods.keys == plain.partMethods.keys)
            }
        }
    }
}
