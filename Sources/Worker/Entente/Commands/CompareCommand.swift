import Analyzing
import ArgumentParser
import Concepts
import Foundation
import Inference
import Persistence

/// `compare`: what differs between two analyses of the same images.
struct CompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Show what differs between two analyses of the same images, as after a replay.",
        discussion: """
            Images are matched by id, classes by class id, concepts by the descriptor's text. Flips are images that are \
            predicted as another class; MI and AUC are the mean change in nats. The views replay_comparison and \
            replay_image_comparison say the same in SQL, the latter image by image. Accuracies are over the images that both have \
            with the same label, with the difference's 95 % bootstrap interval over classes, and McNemar's test of the images that \
            only one of the two predicts rightly: exact, and by chi square. Of analyses that differ in method.precision or in its \
            calibration and have one bank also how far concepts stay: mean Jaccard indices of visual and of mutual concepts, and Spearman's correlation of the \
            images' AUC.
            """)

    @Option(help: ArgumentHelp("Analysis before: id, unique beginning of it, or name.", valueName: "id"))
    var from: String

    @Option(help: ArgumentHelp("Analysis now: id, unique beginning of it, or name.", valueName: "id"))
    var to: String

    @Option(help: ArgumentHelp("Classes in the table at most, those that changed most; 0 for none.", valueName: "n"))
    var classes = 10

    @Option(help: ArgumentHelp("Resamples of the bootstrap.", valueName: "n"))
    var resamples = 1000

    @Option(help: ArgumentHelp("Seed of the bootstrap.", valueName: "n"))
    var seed: UInt64 = 0

    @Flag(
        help:
            """
            Print one JSON object a class, part method and estimator, on a line, and before them one of the accuracies and those of \
            kept concepts.
            """
    )
    var json = false

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard classes >= 0 else { throw ValidationError("--classes takes 0 or more, not \(classes)") }
        guard 1...1_000_000 ~= resamples else {
            throw ValidationError("--resamples takes 1 to 1000000, not \(resamples)")
        }
    }

    /// Of predictions, whatever else was found.
    private struct AccuracyLine: Encodable {
        let from_analysis, to_analysis: String
        let scope = "accuracy"
        let images_both, images_only_from, images_only_to, flips: Int
        /// nil without images that both have with the same label.
        let accuracy: PairedAccuracy?
        enum CodingKeys: String, CodingKey {
            case from_analysis, to_analysis, scope, images_both, images_only_from, images_only_to, flips, accuracy
        }
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(from_analysis, forKey: .from_analysis)
            try container.encode(to_analysis, forKey: .to_analysis)
            try container.encode(scope, forKey: .scope)
            try container.encode(images_both, forKey: .images_both)
            try container.encode(images_only_from, forKey: .images_only_from)
            try container.encode(images_only_to, forKey: .images_only_to)
            try container.encode(flips, forKey: .flips)
            // Not encodeIfPresent: what is undefined is null.
            try container.encode(accuracy, forKey: .accuracy)
        }
    }

    /// Of analyses that differ in precision: how far a part method finds the same.
    private struct KeptLine: Encodable {
        let from_analysis, to_analysis: String
        let scope = "precision"
        let from_precision, to_precision: Precision
        let from_calibrated, to_calibrated: Bool
        let part_method: String
        let images_both: Int
        let concept_jaccard, mutual_jaccard: Double
        let auc_spearman_released, auc_spearman_membership: Double?
        enum CodingKeys: String, CodingKey {
            case from_analysis, to_analysis, scope, from_precision, to_precision, from_calibrated, to_calibrated
            case part_method, images_both
            case concept_jaccard, mutual_jaccard, auc_spearman_released, auc_spearman_membership
        }
    }

    private struct Line: Encodable {
        let from_analysis, to_analysis, scope: String
        let class_id: Identifier?
        let part_method, estimator: String
        let images_both, images_only_from, images_only_to, flips, flips_to_right, flips_to_wrong: Int
        let mean_delta_mi, mean_delta_auc: Double?
        let concepts_gained, concepts_lost: Int
    }

    func run() async throws {
        let store = AnalysisStore(try await global.settings(database.flags).connect("compare"))
        let (before, now) = (try store.resolve(from), try store.resolve(to))
        let images = try store.pairedImages(from: before, to: now)
        let accuracy = PairedAccuracy(images.hits, resamples: resamples, seed: seed)
        // A part method that only one of them has compares nothing.
        let all = try store.compare(from: before, to: now)
        let shared = Set(all.filter { $0.isWhole && $0.imagesInBoth > 0 }.map(\.partMethod))
        let rows = all.filter { images.inBoth == 0 || shared.contains($0.partMethod) }
        let (kept, forms) = try keptConcepts(from: before, to: now, in: store)
        guard json else {
            try StandardOutput.line(Self.text(images, accuracy, rows, classes: classes))
            guard let forms, !kept.isEmpty else { return }
            let names =
                forms.before.description == forms.now.description
                ? [before, now].map { " (\($0.prefix(8)))" } : ["", ""]
            return try StandardOutput.line(
                "\n" + Self.text(kept, "\(forms.before)\(names[0])", "\(forms.now)\(names[1])"))
        }
        try StandardOutput.json(
            AccuracyLine(
                from_analysis: before, to_analysis: now, images_both: images.inBoth,
                images_only_from: images.onlyInFrom, images_only_to: images.onlyInTo, flips: images.flips,
                accuracy: accuracy))
        for kept in kept {
            guard let forms else { break }
            try StandardOutput.json(
                KeptLine(
                    from_analysis: before, to_analysis: now, from_precision: forms.before.precision,
                    to_precision: forms.now.precision, from_calibrated: forms.before.smoothing != nil,
                    to_calibrated: forms.now.smoothing != nil, part_method: kept.partMethod, images_both: kept.images,
                    concept_jaccard: kept.concepts, mutual_jaccard: kept.mutual,
                    auc_spearman_released: kept.released, auc_spearman_membership: kept.membership))
        }
        for row in rows {
            try StandardOutput.json(
                Line(
                    from_analysis: before, to_analysis: now, scope: row.isWhole ? "all" : "class",
                    class_id: row.classID, part_method: row.partMethod, estimator: row.estimator,
                    images_both: row.imagesInBoth, images_only_from: row.imagesOnlyInFrom,
                    images_only_to: row.imagesOnlyInTo, flips: row.flips, flips_to_right: row.flipsToRight,
                    flips_to_wrong: row.flipsToWrong, mean_delta_mi: row.meanDeltaMI,
                    mean_delta_auc: row.meanDeltaAUC, concepts_gained: row.conceptsGained,
                    concepts_lost: row.conceptsLost))
        }
    }

    /// Nothing for analyses that differ in anything but their precision and its calibration.
    private func keptConcepts(
        from before: String, to now: String, in store: AnalysisStore
    ) throws -> ([KeptConcepts], (before: VisionForm, now: VisionForm)?) {
        // One that only another build can read is compared as far as its tables go.
        guard let first = try? store.load(before), let second = try? store.load(now),
            first.visionForm != second.visionForm, first.idInSinglePrecision == second.idInSinglePrecision
        else { return ([], nil) }
        return (try store.keptConcepts(from: before, to: now), (first.visionForm, second.visionForm))
    }

    private static func text(_ kept: [KeptConcepts], _ before: String, _ now: String) -> String {
        func decimal(_ value: Double?) -> String { value.map { String(format: "%.4f", $0) } ?? "–" }
        var table = TextTable(
            .text("\(before) → \(now)"), .number("images"), .number("concepts (Jaccard)"),
            .number("mutual (Jaccard)"), .number("AUC released (Spearman)"), .number("AUC membership (Spearman)"))
        for row in kept {
            table.add(
                row.partMethod, "\(row.images)", decimal(row.concepts), decimal(row.mutual), decimal(row.released),
                decimal(row.membership))
        }
        return table.text
    }

    /// Accuracies, all images under every part method and estimator, then the classes that changed most.
    static func text(
        _ images: PairedImages, _ accuracy: PairedAccuracy?, _ rows: [ComparisonRow], classes: Int
    ) -> String {
        guard images.inBoth + images.onlyInFrom + images.onlyInTo > 0 else {
            return "Neither of the two has results yet."
        }
        var lines = [
            "\(images.inBoth) images in both, \(images.onlyInFrom) only before, \(images.onlyInTo) only now; "
                + "\(images.flips) predicted as another class", "",
        ]
        lines += accuracy.map(text) ?? ["No image has the same label in both, so there are no accuracies."]
        guard rows.contains(where: \.isWhole) else { return lines.joined(separator: "\n") }
        lines += ["", table(rows.filter(\.isWhole), title: "all images") { _ in "" }]
        let ofClasses = rows.filter { !$0.isWhole && $0.estimator == "released" }
        var ranked: [Identifier?] = []
        for row in ofClasses where !ranked.contains(row.classID) { ranked.append(row.classID) }
        let shown = ranked.prefix(classes).flatMap { id in ofClasses.filter { $0.classID == id } }
        if !shown.isEmpty { lines += ["", table(shown, title: "class") { $0.classID?.text ?? "(no label)" }] }
        return lines.joined(separator: "\n")
    }

    private static func text(_ accuracy: PairedAccuracy) -> [String] {
        func percent(_ share: Double) -> String { String(format: "%.2f %%", share * 100) }
        func points(_ share: Double) -> String { String(format: "%+.2f", share * 100) }
        let (difference, test) = (accuracy.difference, accuracy.test)
        return [
            "top-1 \(percent(accuracy.before.value)) before, \(percent(accuracy.now.value)) now, over \(accuracy.images) images "
                + "labelled alike",
            "difference \(points(difference.value)) points  [\(points(difference.lower)), \(points(difference.upper))], "
                + "resampling \(accuracy.classes) classes",
            "right before alone \(test.onlyBefore), now alone \(test.onlyNow): McNemar's exact p "
                + String(format: "%.3g, chi square %.3f (p %.3g)", test.exact, test.chiSquare, test.chiSquareP),
        ]
    }

    private static func table(_ rows: [ComparisonRow], title: String, _ name: (ComparisonRow) -> String) -> String {
        var table = TextTable(
            .text(title), .text("parts"), .text("estimator"), .number("images"), .number("flips"),
            .number("to right"), .number("to wrong"), .number("ΔMI"), .number("ΔAUC"), .number("concepts gained"),
            .number("lost"))
        for row in rows {
            let decimals = row.estimator == "released" ? 4 : 6
            func change(_ value: Double?) -> String { value.map { String(format: "%+.\(decimals)f", $0) } ?? "–" }
            table.add(
                name(row).shortened(to: 40), row.partMethod, row.estimator, "\(row.imagesInBoth)", "\(row.flips)",
                "\(row.flipsToRight)", "\(row.flipsToWrong)", change(row.meanDeltaMI), change(row.meanDeltaAUC),
                "\(row.conceptsGained)", "\(row.conceptsLost)")
        }
        return table.text
    }
}

extension Analysis {
    /// Equal of analyses that differ in nothing but their precision and its calibration.
    fileprivate var idInSinglePrecision: String {
        var method = method
        method.precision = .fp32
        return under(method).id
    }
}
