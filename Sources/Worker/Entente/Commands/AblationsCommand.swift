import ArgumentParser
import Concepts
import Persistence

/// `ablations`: what the method's choices are worth, analyses side by side.
struct AblationsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ablations",
        abstract: "Compare analyses that differ in features, foreground or transport: CorLoc and entropy of concepts.",
        discussion: """
            CorLoc: share of images whose foreground box overlaps the object's by more than half, of those that \
            `entente ground-truth` has scored, with Wilson's 95 % interval; anywhere: \
            what it would be if boxes of the same sizes lay anywhere. Entropy: of what the parts of an image picked, in nats, \
            mean over the images, with Student's; highest: if no two picks were alike. Reads every result of the analyses.
            """)

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Analyses: ids, unique beginnings of them, or names.", valueName: "id"))
    var analysis: [String]

    @Flag(help: "Print one JSON object an analysis and part method, on a line.")
    var json = false

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard !analysis.isEmpty else { throw ValidationError("--analysis takes at least one analysis") }
    }

    func run() async throws {
        let connection = try await global.settings(database.flags).connect("ablations")
        let store = AnalysisStore(connection)
        var table = AblationsTable()
        for id in try analysis.map(store.resolve) {
            guard let content = try store.load(id) else {
                throw CommandFailure(.badInput, "Analysis \(id) was deleted meanwhile.")
            }
            guard content.method.findsParts else {
                throw CommandFailure(
                    .badInput,
                    "Analysis \(id) finds no parts (method.parts.by is []), so that there is nothing to compare.")
            }
            let lines = try AblationLine.read(analysisID: id, connection)
            for line in lines where json {
                try StandardOutput.json(AblationsTable.Row(id, content.method, line))
            }
            table.add(try store.details(id).name, lines.map { AblationsTable.Row(id, content.method, $0) })
        }
        if !json { try StandardOutput.line(table.text) }
    }
}
