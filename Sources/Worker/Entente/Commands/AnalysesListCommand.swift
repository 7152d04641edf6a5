import ArgumentParser
import Persistence

/// `analyses list`.
struct AnalysesListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List registered analyses, the latest first, with how far they are.")

    @Flag(help: "Print one JSON object a line.")
    var json = false

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var global: GlobalOptions

    private struct Line: Encodable {
        let analysis, name: String
        let expected, done, failed, pending: Int
    }

    func run() async throws {
        let entries = try AnalysisStore(try await global.settings(database.flags).connect("analyses list")).list()
        guard !json else {
            for entry in entries {
                let progress = entry.progress
                try StandardOutput.json(
                    Line(
                        analysis: entry.id, name: entry.name, expected: progress.expected, done: progress.done,
                        failed: progress.failed, pending: progress.pending))
            }
            return
        }
        guard !entries.isEmpty else { return try StandardOutput.line("No analysis is registered yet.") }
        var table = TextTable(
            .text("analysis"), .text("name"), .number("expected"), .number("done"), .number("failed"),
            .number("pending"))
        for entry in entries {
            let progress = entry.progress
            table.add(
                entry.id, entry.name.shortened(to: 48), "\(progress.expected)", "\(progress.done)",
                "\(progress.failed)", "\(progress.pending)")
        }
        try StandardOutput.line(table.text)
    }
}
