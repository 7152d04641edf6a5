import ArgumentParser
import Foundation
import Persistence
import Settings

/// `analyses delete`.
struct AnalysesDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete an analysis and everything that was found under it.",
        discussion: """
            Results, failures, dead letters, roll-ups and submissions go, a batch of images a transaction; the sums of all \
            others stay true throughout. What was broken off goes on where it was when it is run again. An analysis with \
            images that are pending or submissions that are being sent is refused: wait, cancel them (`entente \
            submissions cancel`), or --force. Jobs of it that are still on the topic fail as of an unregistered analysis. \
            The worker's role may not delete: connect as the schema's owner.
            """)

    @Argument(help: "Analysis id, a unique beginning of it, or its name.")
    var analysis: String

    @Flag(help: "Do not ask.")
    var yes = false

    @Flag(help: "Even if images are pending or submissions are being sent.")
    var force = false

    @Option(help: ArgumentHelp("Images a transaction, 1 to 100000.", valueName: "n"))
    var batchSize = 1000

    @Flag(help: "Print {\"analysis\", \"images\"}.")
    var json = false

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var global: GlobalOptions

    private struct Output: Encodable {
        let analysis: String
        let images: Int
    }

    func validate() throws {
        guard 1...100_000 ~= batchSize else {
            throw ValidationError("--batch-size takes 1 to 100000, not \(batchSize)")
        }
    }

    func run() async throws {
        let connection = try await global.settings(database.flags).connect("analyses delete")
        let store = AnalysisStore(connection)
        let details = try store.details(store.resolve(analysis))
        let removal = AnalysisRemoval(connection, analysisID: details.id)
        try removal.checkRights()
        if !force { try refuse(removal.obstacles(), details) }
        if !yes { try confirm(details) }
        var bar = ProgressBar(total: details.progress.expected, of: "images deleted")
        let images = try removal.run(batchSize: batchSize) { bar.show($0) }
        bar.finish()
        if json { return try StandardOutput.json(Output(analysis: details.id, images: images)) }
        try StandardOutput.line("Deleted analysis \(details.id) (\(neutral(details.name))) and its \(images) images.")
    }

    private func refuse(_ obstacles: AnalysisRemoval.Obstacles, _ details: AnalysisDetails) throws(CommandFailure) {
        guard obstacles.pendingImages > 0 || obstacles.unfinishedSubmissions > 0 else { return }
        throw CommandFailure(
            .badInput,
            "Analysis \(details.name) has \(obstacles.pendingImages) pending images and "
                + "\(obstacles.unfinishedSubmissions) submissions that are not sent to the end; cancel them with "
                + "`entente submissions cancel`, or delete all the same with --force.")
    }

    private func confirm(_ details: AnalysisDetails) throws(CommandFailure) {
        guard isatty(STDIN_FILENO) == 1 else {
            throw CommandFailure(.usage, "Deleting can't be undone; say --yes where nobody can be asked.")
        }
        let question =
            "Delete \(neutral(details.name)) (\(details.id)) with \(details.progress.expected) images for good? [y/N] "
        StandardError.write(question)
        guard let answer = readLine(), ["y", "yes"].contains(answer.lowercased()) else {
            throw CommandFailure(.usage, "Nothing was deleted.")
        }
    }
}
