import Analyzing
import ArgumentParser
import Concepts
import Fetch
import Foundation
import Inference
import Settings

/// `decompose`: pictures as sums of descriptors, by neighbours that have no regions.
struct DecomposeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decompose",
        abstract: "Say what descriptors pictures are made of, by SpLiCE or EZPC, and what it does to take them away.",
        discussion: """
            splice: a sparse, non-negative sum of bare descriptors that comes near the picture's embedding, less the mean of \
            all that are given. ezpc: the predicted class's score as a sum over the descriptors themselves, or over what \
            entente train --baseline ezpc made of them. Neither \
            has regions, so table 1's figures are not theirs; the removal test of docs/rivals.md §8 is printed instead.
            """)

    @Option(help: "splice or ezpc.")
    var by: Decomposer

    @Option(help: ArgumentHelp("Analysis file: model, classes, bank.", valueName: "file.yaml"))
    var analysis: String

    @Option(help: "Penalty on the sum of weights (of splice).")
    var penalty = 0.15

    @Option(
        help: ArgumentHelp(
            "Folder of a trained map (of ezpc); without it the descriptors' own embeddings.", valueName: "dir"))
    var map: String?

    @Option(help: ArgumentHelp("Descriptors to show of a picture.", valueName: "n"))
    var top = 5

    @Option(help: "What random removals are drawn by.")
    var seed = 0

    @Flag(help: "Print JSON, one line a picture and one of the removal test.")
    var json = false

    @Argument(help: "Picture files.")
    var images: [String]

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard penalty.isFinite, penalty > 0 else {
            throw ValidationError("--penalty is \(penalty); it must be a finite number above 0.")
        }
        guard map == nil || by == .ezpc else {
            throw ValidationError("--map does nothing with --by \(by.rawValue); leave it out.")
        }
        guard 1...10_000 ~= top else { throw ValidationError("--top takes 1 to 10000, not \(top)") }
    }

    func run() async throws {
        let settings = try await global.settings()
        let file = try AnalysisFile(path: analysis, share: settings.value(.share))
        StandardError.warn(file.warnings())
        let local = try LocalAnalysis(file, path: analysis, settings: settings)
        guard !local.loaded.analysis.descriptors.isEmpty else {
            throw CommandFailure(
                .badInput, "\(analysis): a decomposition needs a descriptor bank; name one (`descriptors`).")
        }
        let encoder = FeatureEncoder(
            local: local, lanes: try settings.integer(.workerLanes, in: 1...512),
            batch: try settings.integer(.workerBatchSize, in: 1...1024))
        try print(encoder.embeddings(images.map { PathBytes($0) }), local.loaded)
    }

    /// A picture's share, by either method.
    private struct Line: Encodable {
        struct Concept: Encodable {
            let descriptor: Identifier
            let value: Double
        }

        let image, predicted: String
        /// Weights, or contributions to the class that the map comes to; the largest first.
        let concepts: [Concept]
        /// Descriptors with a weight, and the cosine of what they add up to with the picture; of splice.
        let used: Int?
        let cosine: Double?
    }

    private func print(_ encoded: [FeatureEncoder.Encoded], _ loaded: LoadedAnalysis) throws {
        let choices = Decomposer.Choices(penalty: penalty, map: map)
        let removal = try by.removal(of: encoded, loaded, choices, seed: seed) { number, found in
            let line = Line(
                image: images[number],
                predicted: loaded.analysis.classes[loaded.prediction(encoded[number].embedding)].name,
                concepts: found.ranked.prefix(top).map {
                    .init(descriptor: loaded.analysis.descriptors[$0], value: found.values[$0])
                }, used: found.used, cosine: found.cosine)
            if json { try StandardOutput.json(line) } else { try StandardOutput.line(Self.text(line)) }
        }
        let figures = RemovalFigures(removal)
        if json { try StandardOutput.json(figures) } else { try StandardOutput.line(figures.text) }
    }

    private static func text(_ line: Line) -> String {
        let used = line.used.map { ", of \($0) descriptors" } ?? ""
        let cosine = line.cosine.map { ", cosine \(decimal($0))" } ?? ""
        let head = "\(neutral(line.image)): \(neutral(line.predicted))\(used)\(cosine)"
        return ([head] + line.concepts.map { "  \(decimal($0.value))  \(neutral($0.descriptor.text))" })
            .joined(separator: "\n")
    }

    private static func decimal(_ value: Double) -> String { String(format: "%.4f", value) }
}
