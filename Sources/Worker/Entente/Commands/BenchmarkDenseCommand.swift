import ArgumentParser
import Foundation
import Inference
import Settings

/// `benchmark dense`: dense methods with random weights, against the plain encoder.
struct BenchmarkDenseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dense",
        abstract: "Measure dense methods with random weights against the plain encoder.",
        discussion: """
            Each round encodes a batch plainly and with every method in turn, and compares its patches with texts; what counts is \
            the median of the rounds' ratios. The plain encoder gives the embedding alone. resclip's cost grows with the texts.
            """)

    @Option(help: ArgumentHelp("Architecture by open_clip's name, such as ViT-B-16.", valueName: "name"))
    var architecture = "ViT-B-16"

    @Option(
        name: .customLong("method"),
        help: ArgumentHelp("Method to measure; may be given several times (default: all).", valueName: "method"))
    var methods: [DenseMethod] = []

    @Option(help: ArgumentHelp("Texts that patches are compared with.", valueName: "n"))
    var texts = 20

    @Option(help: ArgumentHelp("Pictures a lane encodes together.", valueName: "n"))
    var batchSize = 16

    @Option(help: ArgumentHelp("Threads that encode (default: one a core).", valueName: "n"))
    var lanes: Int?

    @Option(help: ArgumentHelp("Rounds of which the median counts.", valueName: "n"))
    var rounds = 5

    @Flag(help: "Print the figures as JSON.")
    var json = false

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard 1...1024 ~= batchSize else { throw ValidationError("--batch-size takes 1 to 1024, not \(batchSize)") }
        guard 1...1000 ~= rounds else { throw ValidationError("--rounds takes 1 to 1000, not \(rounds)") }
        guard 1...10_000 ~= texts else { throw ValidationError("--texts takes 1 to 10000, not \(texts)") }
    }

    func run() async throws {
        let settings = try await global.settings([.workerLanes: lanes.map(String.init)])
        guard let encoder = try RandomEncoder.make(architecture, settings) as? VisionTransformer else {
            throw CommandFailure(
                .usage, "--architecture \(architecture) is no vision transformer; dense methods need one.")
        }
        let result = DenseBenchmark(
            architecture: architecture, encoder: encoder, methods: methods.isEmpty ? DenseMethod.allCases : methods,
            texts: texts, lanes: try settings.integer(.workerLanes, in: 1...512), batchSize: batchSize, rounds: rounds
        ).run()
        if json { return try StandardOutput.json(result) }
        try StandardOutput.line(
            "\(architecture), batches of \(batchSize) on \(result.lanes) lanes, \(texts) texts, kernel set "
                + "\(result.kernelSet)\n  plain         \(decimal(result.imagesPerSecond)) images a second")
        for method in result.methods {
            let name = method.method + String(repeating: " ", count: 12 - method.method.count)
            let range = method.shareOfPlainRange.map { decimal(100 * $0) }.joined(separator: " to ")
            try StandardOutput.line(
                "  \(name)  \(decimal(method.imagesPerSecond)), \(decimal(100 * method.shareOfPlain)) % (\(range))")
        }
    }

    private func decimal(_ value: Double) -> String { String(format: "%.1f", value) }
}
