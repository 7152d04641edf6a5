import ArgumentParser
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
            replay_image_comparison say the same in SQL, the latter image by image.
            """)

    @Option(help: ArgumentHelp("Analysis before: id, unique beginning of it, or name.", valueName: "id"))
    var from: String

    @Option(help: ArgumentHelp("Analysis now: id, unique beginning of it, or name.", valueName: "id"))
    var to: String

    @Option(help: ArgumentHelp("Classes in the table at most, those that changed most; 0 for none.", valueName: "n"))
    var classes = 10

    @Flag(help: "Print one JSON object a class, part method and estimator, on a line.")
    var json = false

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard classes >= 0 else { throw ValidationError("--classes takes 0 or more, not \(classes)") }
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
        let rows = try store.compare(from: before, to: now)
        guard json else {
            return try StandardOutput.line(Self.text(rows, classes: classes))
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

    /// All images under every part method and estimator, then the classes that changed most.
    static func text(_ rows: [ComparisonRow], classes: Int) -> String {
        guard let whole = rows.first(where: \.isWhole) else { return "Neither of the two has results yet." }
        var lines = [
            "\(whole.imagesInBoth) images in both, \(whole.imagesOnlyInFrom) only before, "
                + "\(whole.imagesOnlyInTo) only now", "",
            table(rows.filter(\.isWhole), title: "all images") { _ in "" },
        ]
        let ofClasses = rows.filter { !$0.isWhole && $0.estimator == "released" }
        var ranked: [Identifier?] = []
        for row in ofClasses where !ranked.contains(row.classID) { ranked.append(row.classID) }
        let shown = ranked.prefix(classes).flatMap { id in ofClasses.filter { $0.classID == id } }
        if !shown.isEmpty { lines += ["", table(shown, title: "class") { $0.classID?.text ?? "(no label)" }] }
        return lines.joined(separator: "\n")
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
