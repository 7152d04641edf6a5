import ArgumentParser
import Fetch
import Foundation
import Inference
import Persistence
import Reporting
import Settings

/// `report`: an analysis as one HTML file, or all analyses as the paper's tables.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write an analysis as one HTML file that needs no network, or all of them as the paper's tables.",
        discussion: """
            Figures with intervals, MI dynamics, a sortable table of classes, and the images on which the encoders agree most \
            and least, with their parts and concepts. With several analyses the first is reported, and all are compared: \
            accuracy over AUC. Pictures are read from where their URIs point, under the worker's rules for it.

            With --tables the paper's tables 1, 2, 3 and A1 to A4 are filled with what all analyses, or those that are named, have \
            found: each figure with its 95 % interval, the number of images and what it is held against. An empty cell says which \
            analysis or command would fill it. Reads every result of the analyses.
            """)

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Analyses: ids, unique beginnings of them, or names; the first is reported. With --tables all if none is named.",
            valueName: "id"))
    var analysis: [String] = []

    @Option(help: ArgumentHelp("File to write; with --tables standard output if none is named.", valueName: "file"))
    var output: String?

    @Flag(help: "Print the paper's tables instead.")
    var tables = false

    @Option(help: "Form of the tables: text, csv, latex or html (default: text).")
    var format: PaperTableFormat?

    @Option(
        help: ArgumentHelp(
            "With --tables: sentence encoder for IntraDiv, as `entente descriptors` takes it.", valueName: "dir"))
    var encoder: String?

    @Option(
        help: ArgumentHelp("Part method of classes and images (default: kmeans if there is one).", valueName: "name"))
    var partMethod: String?

    @Option(help: ArgumentHelp("Images on each end (default: 6).", valueName: "n"))
    var images: Int?

    @Option(help: ArgumentHelp("Folders that file:// pictures may lie in, separated by colons.", valueName: "dirs"))
    var fileRoots: String?

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if tables {
            guard partMethod == nil, images == nil, fileRoots == nil else {
                throw ValidationError("--part-method, --images and --file-roots are for a report, not for --tables")
            }
            return
        }
        guard !analysis.isEmpty else {
            throw ValidationError("--analysis takes at least one analysis; without any, --tables shows all")
        }
        guard output != nil else { throw ValidationError("--output names the file that a report is written to") }
        guard format == nil, encoder == nil else {
            throw ValidationError("--format and --encoder are for --tables")
        }
        let images = images ?? Self.images
        guard 0...100 ~= images else { throw ValidationError("--images takes 0 to 100, not \(images)") }
    }

    private static let images = 6

    func run() async throws {
        if tables { return try await runTables() }
        guard let output else { return }
        let settings = try await global.settings(database.flags.merging([.fileRoots: fileRoots]) { $1 })
        let connection = try settings.connect("report")
        let store = AnalysisStore(connection)
        let limits = try settings.decodingLimits()
        let fetcher = ImageFetcher(
            files: LocalFile(roots: FileRoots(settings.paths(.fileRoots)), limit: limits.maxBytes),
            remote: try RemoteImages(settings: settings, limit: limits.maxBytes) { false })
        let reader = ReportReader(
            connection: connection, pictures: ReportPictures(fetcher: fetcher, limits: limits),
            examples: images ?? Self.images)
        let content = try reader.read(analysis.map(store.resolve), partMethod: partMethod)
        let page = ReportPage(content).html
        try write(page, to: output)
    }

    private func runTables() async throws {
        let connection = try await global.settings(database.flags).connect("report")
        let store = AnalysisStore(connection)
        let sentences = try encoder.map { try SentenceEncoder(directory: $0) }
        let reader = PaperTableReader(connection, embed: sentences.map { encoder in { try encoder.encode($0) } })
        let found = try reader.read(analysis.isEmpty ? nil : analysis.map(store.resolve))
        for sentence in found.passedOver { StandardError.write(sentence + "\n") }
        let text = (format ?? .text).text(found.tables)
        if let output { try write(text, to: output) } else { try StandardOutput.line(text) }
    }

    private func write(_ text: String, to output: String) throws {
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: output))
        } catch {
            throw CommandFailure(.badInput, "--output: \(output) can't be written: \(error.localizedDescription).")
        }
        try StandardOutput.line("\(neutral(output)), \(text.utf8.count / 1024) KiB")
    }
}
