import ArgumentParser
import Concepts
import Foundation
import Persistence
import Reporting
import Settings

/// `export`: an analysis's figures as CSV or JSON Lines.
struct ExportCommand: AsyncParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument { case csv, jsonl }
    enum Contents: String, CaseIterable, ExpressibleByArgument { case summary, images, judgements }

    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write an analysis's figures as CSV or JSON Lines.",
        discussion: """
            summary has CLIP_benchmark's names: dataset, model, pretrained, task, metrics; in CSV a row a metric (value, \
            n, ci_lower, ci_upper), in JSON Lines one object with all of them. acc1 and acc5 are over labelled images, \
            with Wilson's 95 % interval; mi_…, auc_… and auc_padded_… are by part method and estimator, in nats, with the \
            95 % bootstrap interval over classes of `entente statistics`. images has a row an image and part method, with \
            the columns of the view image_scores; of an analysis that finds no parts a row an image. judgements a row for each curve that \
            an image's explanations are judged by, with those of image_judgements. What is undefined is empty in CSV and null in JSON \
            Lines. \
            Ids and names are as they were submitted: a spreadsheet takes a cell that begins with =, +, - or @ for a formula, \
            unless --spreadsheet-safe puts an apostrophe before it.
            """)

    @Option(help: ArgumentHelp("Analysis id, a unique beginning of it, or its name.", valueName: "id"))
    var analysis: String

    @Option(help: "csv or jsonl.")
    var format: Format

    @Option(help: "summary, images or judgements.")
    var what = Contents.summary

    @Option(help: ArgumentHelp("File to write; default: standard output.", valueName: "file"))
    var output: String?

    @Option(help: ArgumentHelp("The summary's dataset; default: the analysis's name.", valueName: "name"))
    var dataset: String?

    @Option(help: ArgumentHelp("The summary's model; default: its configuration's hash.", valueName: "name"))
    var model: String?

    @Option(help: ArgumentHelp("The summary's pretrained; default: its weights' hash.", valueName: "name"))
    var pretrained: String?

    @Flag(help: "Put an apostrophe before a CSV cell that a spreadsheet would take for a formula; numbers stay.")
    var spreadsheetSafe = false

    @Option(help: ArgumentHelp("Resamples of the summary's bootstrap.", valueName: "n"))
    var resamples = 1000

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if spreadsheetSafe, format != .csv { throw ValidationError("--spreadsheet-safe is for --format csv") }
        guard 1...1_000_000 ~= resamples else {
            throw ValidationError("--resamples takes 1 to 1000000, not \(resamples)")
        }
    }

    func run() async throws {
        let connection = try await global.settings(database.flags).connect("export")
        let store = AnalysisStore(connection)
        let id = try store.resolve(analysis)
        guard let content = try store.load(id) else {
            throw CommandFailure(.badInput, "Analysis \(id) was deleted meanwhile.")
        }
        let output = try ExportOutput(path: output)
        switch what {
        case .images:
            let scores = ImageScoreExport(connection, analysisID: id, findsParts: content.method.findsParts)
            try export(ImageScoreExport.columns, scores.forEachRow, scores.forEachObject, to: output)
        case .judgements:
            let judgements = ImageJudgementExport(connection, analysisID: id)
            try export(ImageJudgementExport.columns, judgements.forEachRow, judgements.forEachObject, to: output)
        case .summary: try export(summary(id, content, connection), to: output)
        }
        try output.finish()
    }

    private func export(
        _ columns: [String], _ rows: (([String?]) throws -> Void) throws -> Void,
        _ objects: ((String) throws -> Void) throws -> Void, to output: ExportOutput
    ) throws {
        switch format {
        case .csv:
            try output.line(csvLine(columns))
            try rows { try output.line(csvLine($0, isSpreadsheetSafe: spreadsheetSafe)) }
        case .jsonl: try objects { try output.line(neutralJSON($0)) }
        }
    }

    private func export(_ summary: DatasetSummary, to output: ExportOutput) throws {
        switch format {
        case .csv:
            try output.line(csvLine(DatasetSummary.csvHeader))
            for row in summary.csvRows { try output.line(csvLine(row, isSpreadsheetSafe: spreadsheetSafe)) }
        case .jsonl: try output.line(neutralJSON(summary.json()))
        }
    }

    private func summary(_ id: String, _ content: Analysis, _ connection: Connection) throws -> DatasetSummary {
        let details = try AnalysisStore(connection).details(id)
        let reader = DatasetReader(connection, analysisID: id, languageClass: content.method.language.class)
        return DatasetSummary(
            analysis: id, dataset: dataset ?? details.name,
            model: model ?? "sha256:\(content.model.configuration.prefix(16))",
            pretrained: pretrained ?? "sha256:\(content.model.weights.prefix(16))", accuracy: try reader.accuracy(),
            statistics: try DatasetStatistics.read(
                content, id: id, connection, resamples: resamples, shuffles: 0, seed: 0))
    }
}
