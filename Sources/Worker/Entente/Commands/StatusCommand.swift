import ArgumentParser
import Foundation
import Persistence
import Settings

/// `status`: how far an analysis is.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show how many of an analysis's images are done, failed and pending.",
        discussion: """
            --watch shows it until nothing is pending: as a bar with rate and time left on a terminal, else as a line \
            each time. A database that is away for a while is waited for.
            """)

    @Option(help: ArgumentHelp("Analysis id, a unique beginning of it, or its name.", valueName: "id"))
    var analysis: String

    @Flag(help: "Show it until nothing is pending.")
    var watch = false

    @Option(help: ArgumentHelp("Seconds between two looks of --watch, 0.1 to 3600.", valueName: "seconds"))
    var interval = 2.0

    @Flag(help: "Print {\"expected\", \"done\", \"failed\", \"pending\"}.")
    var json = false

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard 0.1...3600 ~= interval else { throw ValidationError("--interval takes 0.1 to 3600, not \(interval)") }
    }

    func run() async throws {
        let connection = try await global.settings(database.flags).connect("status", patient: false)
        let id = try AnalysisStore(connection).resolve(analysis)
        let store = SubmissionStore(connection)
        let last = watch ? try await follow(id, store) : try store.progress(analysisID: id)
        try show(last)
    }

    private func show(_ progress: AnalysisProgress) throws {
        if json { return try StandardOutput.json(progress) }
        try StandardOutput.line(
            "\(progress.expected) images expected: \(progress.done) done, \(progress.failed) failed, "
                + "\(progress.pending) pending")
    }

    /// Looks until nothing is pending, which is returned and not shown yet.
    private func follow(_ id: String, _ store: SubmissionStore) async throws -> AnalysisProgress {
        let showsBar = !json && isatty(STDOUT_FILENO) == 1 && isatty(STDERR_FILENO) == 1
        var bar: ProgressBar?
        defer { bar?.finish() }
        while true {
            do {
                let progress = try store.progress(analysisID: id)
                if showsBar, bar != nil || progress.pending > 0 {
                    let ended = progress.done + progress.failed
                    var current = bar ?? ProgressBar(total: progress.expected, before: ended)
                    current.total = progress.expected
                    current.show(ended)
                    bar = current
                }
                guard progress.pending > 0 else { return progress }
                if !showsBar { try show(progress) }
            } catch let error as PersistenceError where error.isRetriable {
                StandardError.write("entente: \(neutral("\(error)")); looking again\n")
            }
            try await Task.sleep(for: .seconds(interval))
        }
    }
}
