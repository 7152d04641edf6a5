import Foundation
import Inference
import Testbed
import Testing

/// The zoo's model without a class token, pooled by attention and trained with a sigmoid loss, in everything that is done with models.
@Suite(.startsWorkers) struct SigmoidModelTests {
    enum Mode: String, CaseIterable {
        case alone, singlePass, group

        var method: String {
            switch self {
            case .alone: "features: keys"
            case .singlePass: "prompting: {mode: single_pass}"
            case .group: "decomposition: group"
            }
        }
    }

    private static let zoo = DrawnWorld.share + "/zoo"
    private static let model = zoo + "/models/siglip-s12"
    private static let classes = ["hill-vell", "river-cindle", "salt-mosk"]
    private static let ids = classes.flatMap { name in (0..<2).map { "\(name)/00\($0).jpg" } }
    private static let roots = ["ENTENTE_FILE_ROOTS": zoo, "ENTENTE_MODEL_PATH": model]

    private static func analysis(_ mode: Mode, _ scratch: ScratchFolder) throws -> String {
        try scratch.write(
            """
            name: \(mode.rawValue)
            model: \(model)
            classes: \(zoo)/classes.json
            descriptors: \(zoo)/descriptors.json
            descriptor_template: "a photo showing {}"
            method:
              \(mode.method)
              parts: {by: [pca, kmeans]}
              retrieval: {candidates: 33}
              language: {count: 16}
            """, to: "\(mode.rawValue).yaml")
    }

    private static func submit(_ mode: Mode, _ site: Site) throws -> Site.Submitted {
        let manifest = try site.scratch.write(DrawnWorld.manifest(ids, below: zoo + "/heldout"), to: "manifest.csv")
        return try site.submit(
            ["--manifest", manifest] + (mode == .group ? ["--group-by", "label"] : []),
            analysis: analysis(mode, site.scratch))
    }

    private static func reports(_ mode: Mode, _ site: Site) throws -> [Report] {
        // Pictures of a group belong together; others are analysed one by one.
        let runs = mode == .group ? classes.map { name in ids.filter { $0.hasPrefix(name) } } : [ids]
        return try runs.flatMap { run in
            let end = try Product.run(
                ["analyze", "--analysis", analysis(mode, site.scratch), "--json"]
                    + (mode == .group ? ["--joint"] : []) + run.map { zoo + "/heldout/" + $0 }, in: site.scratch)
            try #require(end.status == 0, "\(end)")
            return try end.output.split(separator: "\n").map {
                try JSONDecoder().decode(Report.self, from: Data($0.utf8))
            }
        }
    }

    /// σ(scale · cosine + bias), from the numbers in the file of weights.
    private static func probability(_ cosine: Float) throws -> Float {
        let weights = try Safetensors(path: model + "/model.safetensors")
        let (scale, bias) = (try weights.floats("logit_scale")[0], try weights.floats("logit_bias")[0])
        return 1 / (1 + exp(-(exp(scale) * cosine + bias)))
    }

    @Test(arguments: Mode.allCases) func workersSayWhatAnalyzeSays(mode: Mode) async throws {
        try await onOwnThread {
            let site = try Site()
            defer { site.end() }
            #expect(try Self.submit(mode, site).images == Self.ids.count)
            try site.work(environment: Self.roots)
            try site.expectRollupsTrue()

            let stored = try StoredReports(site.connect())
            let reports = try Self.reports(mode, site)
            try #require(reports.count == Self.ids.count)
            for (id, report) in zip(Self.ids, reports) {
                #expect(report.image.hasSuffix(id))
                #expect(try report.prediction == stored.prediction(id), "\(id)")
                for entry in report.prediction.top {
                    let expected = try Self.probability(entry.similarity)
                    #expect(abs(try #require(entry.probability) - expected) < 1e-5, "\(id): \(entry)")
                }
                #expect(report.partMethods.count == 2)
                for (method, part) in report.partMethods { #expect(try part == stored.part(id, method), "\(id)") }
            }
            // A trained model agrees with itself about something: with prompts in most pictures, by its patches alone in some.
            let parts = reports.flatMap(\.partMethods.values)
            let least = mode == .singlePass ? 0 : parts.count / 2
            #expect(parts.count { !$0.mutualConcepts.isEmpty } > least)
            // Of 48 classes five by chance would have the right one in one of ten pictures.
            let hits = zip(Self.ids, reports).count { id, report in
                report.prediction.top.contains { id.hasPrefix($0.class + "/") }
            }
            #expect(hits > Self.ids.count / 2)
        }
    }

    @Test func itIsReplayedComparedExportedAndReported() async throws {
        try await onOwnThread {
            let site = try Site()
            defer { site.end() }
            _ = try Self.submit(.alone, site)
            try site.work(environment: Self.roots)
            let sent = try site.entente(
                ["replay", "--from", "alone", "--to", Self.analysis(.singlePass, site.scratch)], environment: Self.roots
            )
            try #require(sent.status == 0, "\(sent)")
            try site.work(environment: Self.roots)
            let both = Self.ids.count
            let compared = try site.entente(["compare", "--from", "alone", "--to", "singlePass"])
            #expect(compared.output.contains("\(both) images in both, 0 only before, 0 only now"), "\(compared)")
            #expect(
                try site.connect().number(
                    "SELECT count(*) FROM entente.image_results WHERE cardinality(top_probabilities) = 5") == 2 * both)

            let exported = try site.entente(
                ["export", "--analysis", "singlePass", "--what", "images", "--format", "csv"])
            let lines = exported.output.split(whereSeparator: \.isNewline)
            #expect(lines.count == 1 + 2 * both && lines.first?.hasSuffix(",probability") == true, "\(exported)")
            #expect(lines.dropFirst().allSatisfy { (0...1).contains(Float($0.split(separator: ",").last ?? "") ?? -1) })

            let page = site.scratch.path + "/report.html"
            let report = try site.entente(
                [
                    "report", "--analysis", "alone", "singlePass", "--output", page, "--images", "2", "--file-roots",
                    Self.zoo,
                ], environment: Self.roots)
            try #require(report.status == 0, "\(report)")
            let html = try String(contentsOfFile: page, encoding: .utf8)
            for part in ["MI dynamics", "AUC and accuracy", "singlePass", "data:image/jpeg;base64,"] {
                #expect(html.contains(part), "\(part) is missing")
            }
        }
    }
}
