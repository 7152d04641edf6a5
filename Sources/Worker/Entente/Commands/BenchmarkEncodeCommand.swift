import ArgumentParser
import Foundation
import Inference
import Settings

/// `benchmark encode`: the vision encoder with random weights, against the machine's best matrix products.
struct BenchmarkEncodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "encode",
        abstract: "Measure a vision encoder with random weights against the machine's matrix products.",
        discussion: """
            gflops counts 2 operations for each multiply-add of the unpadded model's projections, convolutions and \
            attention, however few of them the encoder needs (3×3 convolutions take fewer, and the last block stops at \
            the pooled token when no patch features are asked for); the peak is the best square product of 2048 to 4096, \
            one single-threaded call a lane, all lanes at once, and of \
            floats whatever --precision says. Beside it is the peak of the precision's own instruction (VPDPBUSD, VDPBF16PS or \
            VPMADDWD, whichever multiplies), of a loop on registers alone. All are medians over rounds that take turns. Unset \
            OPENBLAS_CORETYPE and ENTENTE_KERNELS to see what the machine can do.
            """)

    @Option(help: ArgumentHelp("Architecture by open_clip's name, such as ViT-B-16.", valueName: "name"))
    var architecture: String

    @Option(help: ArgumentHelp("What the trunk computes in: fp32, bf16; a preview: int8.", valueName: "precision"))
    var precision = Precision.fp32

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
        guard lanes.map({ 1...512 ~= $0 }) ?? true else {
            throw ValidationError("--lanes takes 1 to 512, not \(lanes ?? 0)")
        }
    }

    func run() async throws {
        let settings = try await global.settings([.workerLanes: lanes.map(String.init)])
        let encoder = try RandomEncoder.make(architecture, precision: precision, settings)
        var result = EncodeBenchmark(
            architecture: architecture, precision: precision, encoder: encoder,
            lanes: try settings.integer(.workerLanes, in: 1...512),
            batchSize: batchSize, rounds: rounds
        ).run()
        if precision != .fp32 {
            let floats = try RandomEncoder.make(architecture, settings)
            result.leastCosine = EncodeBenchmark.leastCosine(encoder, floats, batchSize: batchSize)
        }
        if json {
            try StandardOutput.json(result)
        } else {
            func decimal(_ value: Double) -> String { String(format: "%.1f", value) }
            try StandardOutput.line(
                """
                \(architecture) in \(precision.rawValue), batches of \(batchSize) on \(result.lanes) lanes, \
                kernel set \(result.kernelSet)
                  \(decimal(result.imagesPerSecond)) images a second (\
                \(result.imagesPerSecondRange.map(decimal).joined(separator: " to ")) over \(rounds) rounds)
                  \(decimal(result.gflops)) GFLOP/s, \(decimal(100 * result.shareOfPeak)) % of the \
                \(decimal(result.sgemmPeakGflops)) that matrix products of floats reach
                """)
            if let peak = result.instructionPeakGops, let share = result.shareOfInstructionPeak {
                try StandardOutput.line(
                    "  \(decimal(100 * share)) % of the \(decimal(peak)) GOP/s that its instruction reaches on registers alone"
                )
            }
            guard let cosine = result.leastCosine else { return }
            try StandardOutput.line(
                "  embeddings have a cosine of \(String(format: "%.6f", cosine)) or more with those of fp32")
        }
    }
}

extension Precision: ExpressibleByArgument {}
