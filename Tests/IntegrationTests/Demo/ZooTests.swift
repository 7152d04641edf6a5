import Foundation
import SwiftCSV
import Testbed
import Testing

/// `demo --zoo` on a few of its pictures and three of its models, one of them without a class token.
@Suite(.startsWorkers(lasting: 60)) struct ZooTests {
    private static let models = ["siglip-s12", "vit-s16", "vit-t12"]
    /// Has trained heads; it is none of those that are compared.
    private static let rival = "vit-s12"
    private static let perClass = 1

    private struct Figures: Decodable {
        struct Model: Decodable {
            struct Truth: Decodable {
                let part_method: String
                let images: Int
                let corloc: Double, chance_precision: Double
                let vision_precision: Double?
            }
            let name: String
            let part_methods: [String: Statistics]
            let ground_truth: [Truth]
        }
        struct Statistics: Decodable {
            struct Estimator: Decodable {
                struct Estimate: Decodable { let value: Double, lower: Double, upper: Double }
                let auc: Estimate
            }
            let images: Int
            let released: Estimator, membership: Estimator
        }
        struct Relation: Decodable {
            struct Correlation: Decodable { let count: Int }
            let part_method: String, estimator: String, figure: String
            let correlation: Correlation
        }
        let models: [Model]
        let relations: [Relation]
    }

    /// The zoo with the first pictures of every class, since all of it takes minutes.
    private func share(_ scratch: ScratchFolder) throws -> String {
        let share = scratch.path + "/share"
        let files = FileManager.default
        let zoo = DrawnWorld.share + "/zoo"
        try files.createDirectory(atPath: share + "/zoo/models", withIntermediateDirectories: true)
        try files.createDirectory(atPath: share + "/demo", withIntermediateDirectories: true)
        try files.copyItem(atPath: DrawnWorld.share + "/demo/analysis.yaml", toPath: share + "/demo/analysis.yaml")
        for name in ["classes.json", "descriptors.json", "truth.json", "masks"] + Self.models.map({ $0 + ".yaml" }) {
            try files.copyItem(atPath: zoo + "/" + name, toPath: share + "/zoo/" + name)
        }
        for name in Self.models + [Self.rival] {
            try files.copyItem(atPath: zoo + "/models/" + name, toPath: share + "/zoo/models/" + name)
        }
        try files.createDirectory(atPath: share + "/zoo/rivals", withIntermediateDirectories: true)
        for name in [Self.rival, Self.rival + ".yaml"] {
            try files.copyItem(atPath: zoo + "/rivals/" + name, toPath: share + "/zoo/rivals/" + name)
        }
        for folder in try files.contentsOfDirectory(atPath: zoo + "/heldout") {
            try files.createDirectory(atPath: share + "/zoo/heldout/" + folder, withIntermediateDirectories: true)
            for picture in try files.contentsOfDirectory(atPath: zoo + "/heldout/" + folder).sorted().prefix(
                Self.perClass)
            {
                let place = "/zoo/heldout/\(folder)/\(picture)"
                try files.copyItem(atPath: DrawnWorld.share + place, toPath: share + place)
            }
        }
        return share
    }

    @Test func itComparesModelsAndDrawsWhatItFound() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let share = try share(scratch)
            let end = try Product.run(
                ["demo", "--zoo", "--output", scratch.path + "/charts"], in: scratch,
                environment: ["ENTENTE_SHARE": share], within: 300
            )
            try #require(end.status == 0, "\(end)")
            for part in [
                "released estimator", "membership estimator", "Pearson", "Spearman", "CorLoc", "auc-accuracy.svg",
            ] {
                #expect(end.output.contains(part), "\(end)")
            }

            let charts = scratch.path + "/charts"
            let data = try #require(FileManager.default.contents(atPath: charts + "/zoo.json"))
            let figures = try JSONDecoder().decode(Figures.self, from: data)
            #expect(Set(figures.models.map(\.name)) == Set(Self.models))
            let pictures = 48 * Self.perClass
            for model in figures.models {
                #expect(Set(model.part_methods.keys) == ["pca", "kmeans"])
                #expect(model.part_methods.values.allSatisfy { $0.images == pictures && $0.released.auc.value > 0 })
                #expect(model.part_methods.values.allSatisfy { $0.released.auc.lower <= $0.released.auc.upper })
                #expect(model.ground_truth.map(\.part_method) == ["kmeans", "pca"])
                // Trained models name far more that is true than chance would.
                #expect(
                    model.ground_truth.allSatisfy {
                        $0.images == pictures && ($0.vision_precision ?? 0) > 2 * $0.chance_precision
                    }, "\(model)")
            }
            #expect(figures.relations.allSatisfy { $0.correlation.count == Self.models.count })
            #expect(figures.relations.count == 12)
            let names = try FileManager.default.contentsOfDirectory(atPath: charts)
            for name in ["auc-accuracy.svg", "mi-dynamics-released.svg", "mi-dynamics-membership.svg"] {
                let drawing = try String(contentsOfFile: charts + "/" + name, encoding: .utf8)
                #expect(Self.models.allSatisfy(drawing.contains))
            }
            #expect(names.count { $0.hasPrefix("example-") } >= 2)
            let page = try String(contentsOfFile: charts + "/report.html", encoding: .utf8)
            #expect(page.contains("AUC and accuracy") && page.contains("Ground truth"))
        }
    }

    /// `--judge` on the half of these pictures: every table is there, its figures have what they are held against.
    @Test func itFillsThePapersTables() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let folder = scratch.path + "/judged"
            let end = try Product.run(
                ["demo", "--zoo", "--judge", "--output", folder], in: scratch,
                environment: ["ENTENTE_SHARE": try share(scratch)], within: 300)
            try #require(end.status == 0, "\(end)")
            for number in ["1", "2", "3", "A1", "A2", "A3", "A4"] {
                #expect(end.output.contains("Table \(number). "), "\(end)")
            }
            for way in ["SpLiCE", "EZPC, untrained", "EZPC, trained"] {
                #expect(end.output.contains("\(Self.rival), \(way): "), "\(end)")
            }
            let rows = try CSV<Named>(
                string: String(contentsOfFile: folder + "/tables.csv", encoding: .utf8), loadColumns: false
            ).rows
            func cells(_ table: String, _ column: String) -> [[String: String]] {
                rows.filter { $0["table"] == table && $0["column"] == column && $0["missing"] == "" }
            }
            // Three models by two part methods, one by three heads; two nulls.
            for metric in ["Deletion", "Insertion", "AccDrop", "AccInc"] {
                let found = cells("1", metric)
                #expect(
                    found.count == 18 && found.allSatisfy { $0["difference"] != "" && $0["ci_lower"] != "" },
                    "\(metric)")
                #expect(found.count { $0["null"] == "random regions" } == 9)
            }
            // Half of the pictures, and all of them where nothing is judged.
            let counts = Set(cells("1", "Deletion").compactMap { $0["n"].flatMap(Int.init) })
            #expect(counts.count == 1 && counts.allSatisfy { 1..<(48 * Self.perClass) ~= $0 })
            #expect(
                cells("2", "base, top-1").allSatisfy { $0["null"] == "guessing" }
                    && cells("A4", "top-5").count { $0["row"]?.hasSuffix(" told") == true } == 3)
            #expect(cells("A4", "top-1").allSatisfy { $0["n"] == "\(48 * Self.perClass)" })
            #expect(cells("A1", "svd").count == 3 && cells("A1", "svd").allSatisfy { $0["null"] == "anywhere" })
            #expect(cells("A3", "+ CRF").count == 3 && cells("3", "AUC kmeans").count == 3)
            // What is not there says what would fill it.
            let empty = rows.filter { $0["missing"] != "" }
            #expect(empty.contains { $0["table"] == "A2" && $0["missing"]?.contains("transport: off") == true })
            #expect(empty.allSatisfy { $0["value"] == "" })
            let tex = try String(contentsOfFile: folder + "/tables.tex", encoding: .utf8)
            #expect(tex.components(separatedBy: "\\begin{table}").count == 8)
        }
    }
}
