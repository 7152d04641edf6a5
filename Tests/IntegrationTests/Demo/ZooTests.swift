import Foundation
import Testbed
import Testing

/// `demo --zoo` on a few of its pictures and two of its models.
@Suite(.startsWorkers(lasting: 40)) struct ZooTests {
    private static let models = ["vit-s16", "vit-t12"]
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
        for name in Self.models {
            try files.copyItem(atPath: zoo + "/models/" + name, toPath: share + "/zoo/models/" + name)
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
            #expect(figures.relations.allSatisfy { $0.correlation.count == 2 } && figures.relations.count == 12)
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
}
