import ArgumentParser
import Persistence
import Reporting

/// `dead-letters list`.
struct DeadLettersListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List dead letters, the latest first.")

    @Option(help: ArgumentHelp("Only of this analysis: id, unique beginning of it, or name.", valueName: "id"))
    var analysis: String?

    @Option(help: ArgumentHelp("Letters at most.", valueName: "n"))
    var limit = 100

    @Flag(help: "Print one JSON object a line.")
    var json = false

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard limit >= 1 else { throw ValidationError("--limit takes 1 or more, not \(limit)") }
    }

    private struct Line: Encodable {
        let dead_letter, reason, written_at: String
        let analyses: [String]
        let failed_images: Int
        let published: Bool
        let requeued_at: String?
        let requeue_count: Int
    }

    func run() async throws {
        let connection = try await global.settings(database.flags).connect("dead-letters list")
        let id = try analysis.map(AnalysisStore(connection).resolve)
        let letters = try DeadLetterStore(connection).list(analysisID: id, limit: limit)
        guard !json else {
            for stored in letters {
                try StandardOutput.json(
                    Line(
                        dead_letter: stored.letter.id, reason: stored.letter.reason, written_at: stored.writtenAt,
                        analyses: stored.analyses, failed_images: stored.failedImages, published: stored.isPublished,
                        requeued_at: stored.requeuedAt, requeue_count: stored.requeueCount))
            }
            return
        }
        guard !letters.isEmpty else { return try StandardOutput.line("There are no dead letters.") }
        var table = TextTable(
            .text("dead letter"), .text("written (UTC)"), .text("analysis"), .number("failed"), .text("requeued"),
            .text("reason"))
        for stored in letters {
            table.add(
                stored.letter.id, stored.writtenAt.readableTime,
                stored.analyses.first.map { String($0.prefix(8)) } ?? "–",
                stored.failedImages > 0 ? "\(stored.failedImages)" : "job",
                stored.requeuedAt.map { _ in "\(stored.requeueCount)×" } ?? "–",
                stored.letter.reason.shortened(to: 72))
        }
        try StandardOutput.line(table.text)
    }
}

extension StoredDeadLetter {
    /// Ids of the analyses that its failures name.
    var analyses: [String] { Set(failures.map(\.analysisID)).subtracting([""]).sorted() }
    /// 0 when the job failed as a whole.
    var failedImages: Int { failures.count { !$0.imageID.isEmpty } }
}
