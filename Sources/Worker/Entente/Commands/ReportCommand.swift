import ArgumentParser
import Fetch
import Foundation
import Persistence
import Reporting
import Settings

/// `report`: an analysis as one HTML file.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write an analysis as one HTML file that needs no network.",
        discussion: """
            Figures with intervals, MI dynamics, a sortable table of classes, and the images on which the encoders agree most \
            and least, with their parts and concepts. With several analyses the first is reported, and all are compared: \
            accuracy over AUC. Pictures are read from where their URIs point, under the worker's rules for it.
            """)

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Analyses: ids, unique beginnings of them, or names; the first is reported.", valueName: "id"))
    var analysis: [String]

    @Option(help: ArgumentHelp("File to write.", valueName: "file.html"))
    var output: String

    @Option(
        help: ArgumentHelp("Part method of classes and images (default: kmeans if there is one).", valueName: "name"))
    var partMethod: String?

    @Option(help: ArgumentHelp("Images on each end.", valueName: "n"))
    var images = 6

    @Option(help: ArgumentHelp("Folders that file:// pictures may lie in, separated by colons.", valueName: "dirs"))
    var fileRoots: String?

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard !analysis.isEmpty else { throw ValidationError("--analysis takes at least one analysis") }
        guard 0...100 ~= images else { throw ValidationError("--images takes 0 to 100, not \(images)") }
    }

    func run() async throws {
        let settings = try await global.settings(database.flags.merging([.fileRoots: fileRoots]) { $1 })
        let connection = try settings.connect("report")
        let store = AnalysisStore(connection)
        let limits = try settings.decodingLimits()
        let fetcher = ImageFetcher(
            files: LocalFile(roots: FileRoots(settings.paths(.fileRoots)), limit: limits.maxBytes),
            remote: try RemoteImages(settings: settings, limit: limits.maxBytes) { false })
        let reader = ReportReader(
            connection: connection, pictures: ReportPictures(fetcher: fetcher, limits: limits), examples: images)
        let content = try reader.read(analysis.map(store.resolve), partMethod: partMethod)
        let page = ReportPage(content).html
        do {
            try Data(page.utf8).write(to: URL(fileURLWithPath: output))
        } catch {
            throw CommandFailure(.badInput, "--output: \(output) can't be written: \(error.localizedDescription).")
        }
        try StandardOutput.line("\(neutral(output)), \(page.utf8.count / 1024) KiB")
    }
}
