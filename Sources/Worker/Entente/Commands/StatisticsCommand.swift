import ArgumentParser
import Concepts
import Foundation
import Persistence
import Reporting

/// `statistics`: what an analysis's whole dataset says, with intervals and with what chance would give.
struct StatisticsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "statistics",
        abstract: "Show an analysis's dataset figures with bootstrap intervals and a class-shuffle null.",
        discussion: """
            Intervals are of 95 %, from resampling classes. The null pairs every image's vision concepts with the language \
            list of another predicted class: what generic descriptors would give anyway. Same rows and seed, same figures.
            """)

    @Option(help: ArgumentHelp("Analysis id, a unique beginning of it, or its name.", valueName: "id"))
    var analysis: String

    @Option(help: ArgumentHelp("Resamples of the bootstrap.", valueName: "n"))
    var resamples = 1000

    @Option(help: ArgumentHelp("Shuffles of the null; 0 for none.", valueName: "n"))
    var shuffles = 999

    @Option(help: ArgumentHelp("Seed of both.", valueName: "n"))
    var seed: UInt64 = 0

    @Flag(help: "Print the figures as JSON.")
    var json = false

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard 1...1_000_000 ~= resamples else {
            throw ValidationError("--resamples takes 1 to 1000000, not \(resamples)")
        }
        guard 0...1_000_000 ~= shuffles else {
            throw ValidationError("--shuffles takes 0 to 1000000, not \(shuffles)")
        }
    }

    func run() async throws {
        let settings = try await global.settings(database.flags)
        let connection = try settings.connect("statistics")
        let store = AnalysisStore(connection)
        let id = try store.resolve(analysis)
        guard let content = try store.load(id) else {
            throw CommandFailure(.badInput, "Analysis \(id) was deleted meanwhile.")
        }
        let statistics = try DatasetStatistics.read(
            content, id: id, connection, resamples: resamples, shuffles: shuffles, seed: seed)
        // Beside parts, the same accuracy is said with them.
        let predictions =
            content.method.findsParts
            ? nil
            : ZeroShotStatistics(
                try DatasetReader(connection, analysisID: id, languageClass: content.method.language.class).hits(),
                resamples: resamples, seed: seed)
        if json {
            struct Output: Encodable {
                let analysis: String
                let part_methods: [String: DatasetStatistics]
                /// Of an analysis without parts alone.
                let predictions: ZeroShotStatistics?
            }
            let output = Output(
                analysis: id,
                part_methods: Dictionary(uniqueKeysWithValues: statistics.map { ($0.method, $0.statistics) }),
                predictions: predictions)
            try StandardOutput.json(output)
        } else if let predictions {
            try StandardOutput.line(PredictionTable(predictions).text)
        } else if statistics.isEmpty {
            try StandardOutput.line("Analysis \(id) has no results yet.")
        } else {
            try StandardOutput.line(
                statistics.map { StatisticsTable($0.statistics, method: $0.method).text }.joined(separator: "\n"))
        }
    }
}
