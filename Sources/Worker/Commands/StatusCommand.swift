import ArgumentParser
import Persistence

/// `status`: how far an analysis is.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show how many of an analysis's images are done, failed and pending.")

    @Option(help: ArgumentHelp("Analysis id, a unique beginning of it, or its name.", valueName: "id"))
    var analysis: String

    @Flag(help: "Print {\"expected\", \"done\", \"failed\", \"pending\"}.")
    var json = false

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let settings = try await global.settings(database.flags)
        let connection = try Connection(
            uri: settings.required(.postgresURI), settings: SessionSettings(applicationName: "entente status"))
        try Migrator(connection).check()
        let id = try AnalysisStore(connection).resolve(analysis)
        let progress = try SubmissionStore(connection).progress(analysisID: id)
        try StandardOutput.line(
            json
                ? "{\"expected\": \(progress.expected), \"done\": \(progress.done), "
                    + "\"failed\": \(progress.failed), \"pending\": \(progress.pending)}"
                : "\(progress.expected) images expected: \(progress.done) done, \(progress.failed) failed, "
                    + "\(progress.pending) pending")
    }
}
