import ArgumentParser
import Persistence
import Reporting

/// `submissions`: what was submitted and replayed, and how to call it off.
struct SubmissionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submissions", abstract: "List submissions and replays, or call one off.",
        subcommands: [SubmissionsListCommand.self, SubmissionsCancelCommand.self])
}

/// `submissions list`.
struct SubmissionsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List submissions and replays, the latest first.",
        discussion: """
            State: sent when the broker has all its jobs; unfinished while it is being sent, or when whoever did that \
            died; cancelled; foreign when another producer named it. Pending counts images that it was the last to name.
            """)

    @Option(help: ArgumentHelp("Only of this analysis: id, unique beginning of it, or name.", valueName: "id"))
    var analysis: String?

    @Option(help: ArgumentHelp("Submissions at most.", valueName: "n"))
    var limit = 100

    @Flag(help: "Print one JSON object a line.")
    var json = false

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard limit >= 1 else { throw ValidationError("--limit takes 1 or more, not \(limit)") }
    }

    private struct Line: Encodable {
        let submission, analysis, analysis_name, kind, state: String
        let force: Bool
        let replayed_from: String?
        let images, pending, jobs, jobs_produced: Int
        let created_at: String
    }

    func run() async throws {
        let connection = try await global.settings(database.flags).connect("submissions list")
        let id = try analysis.map(AnalysisStore(connection).resolve)
        let entries = try SubmissionStore(connection).list(analysisID: id, limit: limit)
        guard !json else {
            for entry in entries {
                try StandardOutput.json(
                    Line(
                        submission: entry.id, analysis: entry.analysisID, analysis_name: entry.analysisName,
                        kind: entry.kind, state: entry.state.rawValue, force: entry.force,
                        replayed_from: entry.replayedFrom, images: entry.images, pending: entry.pending,
                        jobs: entry.jobs, jobs_produced: entry.jobsProduced, created_at: entry.createdAt))
            }
            return
        }
        guard !entries.isEmpty else { return try StandardOutput.line("Nothing was submitted yet.") }
        var table = TextTable(
            .text("submission"), .text("kind"), .text("analysis"), .text("from"), .number("images"),
            .number("pending"), .number("jobs sent"), .text("state"), .text("created (UTC)"))
        for entry in entries {
            table.add(
                entry.id.shortened(to: 40), entry.kind, entry.analysisName.shortened(to: 32),
                entry.replayedFrom.map { String($0.prefix(8)) } ?? "–", "\(entry.images)", "\(entry.pending)",
                "\(entry.jobsProduced)/\(entry.jobs)", entry.state.rawValue, entry.createdAt.readableTime)
        }
        try StandardOutput.line(table.text)
    }
}

/// `submissions cancel`.
struct SubmissionsCancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Call a submission off.",
        discussion: """
            Its images that are pending are no longer expected, unless a later submission named them too; what is done or \
            failed stays. Jobs that are on the topic still come to the workers, which pass them over. Safe to run twice.
            """)

    @Argument(help: "Submission id.")
    var submission: String

    @Flag(help: "Print {\"submission\", \"images\"}: how many are no longer expected.")
    var json = false

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var global: GlobalOptions

    private struct Output: Encodable {
        let submission: String
        let images: Int
    }

    func run() async throws {
        let connection = try await global.settings(database.flags).connect("submissions cancel")
        let count = try SubmissionStore(connection).cancel(submission)
        if json { return try StandardOutput.json(Output(submission: submission, images: count)) }
        try StandardOutput.line("Cancelled; \(count) images are no longer expected.")
    }
}
