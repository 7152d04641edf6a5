import ArgumentParser
import Foundation
import Inference
import Settings

/// `benchmark texts`: the text side of an analysis with random weights, against one text after the other.
struct BenchmarkTextsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "texts",
        abstract: "Measure how fast the text side of an analysis is built, with random weights.",
        discussion: """
            The classes in the paper's eight templates for ImageNet, the descriptors in a template and bare, made of the words of \
            those that come with the program, a token a word. Each round encodes all of them as an analysis does, on all lanes and what \
            texts begin with alike once, and then on one lane every text by itself; what counts is the median of the rounds' ratios. \
            As many texts as by default take a core minutes a round.
            """)

    @Option(help: ArgumentHelp("Architecture by open_clip's name, such as ViT-B-16.", valueName: "name"))
    var architecture = "ViT-B-16"

    @Option(help: ArgumentHelp("Classes, each in eight templates.", valueName: "n"))
    var classes = 1000

    @Option(help: ArgumentHelp("Descriptors, each in a template and bare.", valueName: "n"))
    var descriptors = 4000

    @Option(help: ArgumentHelp("Threads that encode (default: one a core).", valueName: "n"))
    var lanes: Int?

    @Option(help: ArgumentHelp("Rounds of which the median counts.", valueName: "n"))
    var rounds = 1

    @Flag(help: "Print the figures as JSON.")
    var json = false

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard 1...100_000 ~= classes else { throw ValidationError("--classes takes 1 to 100000, not \(classes)") }
        guard 1...100_000 ~= descriptors else {
            throw ValidationError("--descriptors takes 1 to 100000, not \(descriptors)")
        }
        guard 1...1000 ~= rounds else { throw ValidationError("--rounds takes 1 to 1000, not \(rounds)") }
    }

    func run() async throws {
        let settings = try await global.settings([.workerLanes: lanes.map(String.init)])
        let result = try TextBenchmark(
            architecture: architecture, encoder: RandomEncoder.makeText(architecture, settings),
            texts: MadeTexts(classes: classes, descriptors: descriptors, share: settings.value(.share)),
            lanes: settings.integer(.workerLanes, in: 1...512), rounds: rounds
        ).run()
        if json { return try StandardOutput.json(result) }
        func decimal(_ value: Double) -> String { String(format: "%.1f", value) }
        let range = result.shareOfPlainRange.map { decimal(100 * $0) }.joined(separator: " to ")
        try StandardOutput.line(
            """
            \(architecture), \(result.texts) texts on \(result.lanes) lanes, kernel set \(result.kernelSet)
              rows      \(result.computedRows) of \(result.tokenRows), \
            \(decimal(100 * Double(result.computedRows) / Double(result.tokenRows))) %
              time      \(decimal(result.seconds)) s, \(decimal(Double(result.texts) / result.seconds)) texts a second
              one lane, every text by itself  \(decimal(result.plainSeconds)) s
              ratio     \(decimal(100 * result.shareOfPlain)) % (\(range))
            """)
    }
}
