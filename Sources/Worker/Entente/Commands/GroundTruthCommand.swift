import ArgumentParser
import Fetch
import Foundation
import Persistence
import Reporting
import Settings

/// `ground-truth`: how what was found meets what is known of the pictures.
struct GroundTruthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ground-truth",
        abstract: "Score an analysis's results against boxes, part masks and true descriptors.",
        discussion: """
            CorLoc: share of images whose foreground box overlaps the object's by more than half; anywhere: \
            what it would be if boxes of the same sizes lay anywhere. Object IoU: of the foreground's patches. Purity and ARI (adjusted Rand index): of found against true parts, over foreground patches \
            on the object. Mutual true and seen true: share of the mutual and the vision concepts that are true of their \
            picture; by chance: of the whole bank. Scores are kept; the view ground_truth_summary has them.
            """)

    @Option(help: ArgumentHelp("Analysis id, a unique beginning of it, or its name.", valueName: "id"))
    var analysis: String

    @Option(help: ArgumentHelp("Ground truth, entente.ground-truth/v1.", valueName: "file.json"))
    var truth: String

    @Flag(help: "Print one JSON object a part method, on a line.")
    var json = false

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let settings = try await global.settings(database.flags)
        let file = try GroundTruthFile(path: truth, limits: settings.decodingLimits())
        let connection = try settings.connect("ground-truth")
        let store = AnalysisStore(connection)
        let id = try store.resolve(analysis)
        guard let content = try store.load(id) else {
            throw CommandFailure(.badInput, "Analysis \(id) was deleted meanwhile.")
        }
        let counts = try GroundTruthScoring(file: file, connection: connection).score(content)
        let summaries = try GroundTruthSummary.read(analysisID: id, connection)
        if json {
            for summary in summaries { try StandardOutput.json(summary) }
            return
        }
        guard counts.scored > 0 else {
            return try StandardOutput.line(
                counts.unknown > 0
                    ? "\(truth) knows none of the \(counts.unknown) images of analysis \(id); its names have to be image ids."
                    : "Analysis \(id) has no results yet.")
        }
        var table = GroundTruthTable()
        table.add(String(id.prefix(8)), summaries)
        try StandardOutput.line(table.text)
        if counts.unknown > 0 { try StandardOutput.line("\(counts.unknown) images are not in \(neutral(truth)).") }
    }
}
