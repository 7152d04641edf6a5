import Analyzing
import ArgumentParser
import Concepts
import Foundation
import Inference
import Settings

/// `decompose`: pictures as sums of descriptors, by neighbours that have no regions.
struct DecomposeCommand: AsyncParsableCommand {
    enum Method: String, CaseIterable, ExpressibleByArgument { case splice, ezpc }

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
    var by: Method

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
        var encoded: [(embedding: [Float], hash: [Int32])] = []
        for start in stride(from: 0, to: images.count, by: encoder.atOnce) {
            let paths = Array(images[start..<min(start + encoder.atOnce, images.count)])
            encoded += try encoder.encode(paths).map { ($0.embedding, $0.hash) }
        }
        try print(encoded, local.loaded)
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

    private func print(_ encoded: [(embedding: [Float], hash: [Int32])], _ loaded: LoadedAnalysis) throws {
        var removal = RemovalTest()
        let decompose = try decomposition(encoded.map(\.embedding), loaded)
        for (path, picture) in zip(images, encoded) {
            let predicted = loaded.prediction(picture.embedding)
            let found = decompose(picture.embedding, predicted)
            let hash = picture.hash.flatMap { number in withUnsafeBytes(of: number.bigEndian) { [UInt8]($0) } }
            removal.add(found.ranked, contentHash: hash, seed: seed, scores: found.scores)
            let line = Line(
                image: path, predicted: loaded.analysis.classes[predicted].name,
                concepts: found.ranked.prefix(top).map {
                    .init(descriptor: loaded.analysis.descriptors[$0], value: found.values[$0])
                }, used: found.used, cosine: found.cosine)
            if json { try StandardOutput.json(line) } else { try StandardOutput.line(Self.text(line)) }
        }
        if json { try StandardOutput.json(Removal(removal)) } else { try StandardOutput.line(Self.text(removal)) }
    }

    /// A picture taken apart.
    private struct Found {
        /// `[D]`.
        let values: [Double]
        /// What it is made of, the most important first.
        let ranked: [Int]
        let scores: (Set<Int>) -> [Double]
        var used: Int?
        var cosine: Double?
    }

    private func decomposition(
        _ embeddings: [[Float]], _ loaded: LoadedAnalysis
    ) throws -> ([Float], _ predicted: Int) -> Found {
        switch by {
        case .ezpc:
            let map =
                try map.map { folder in
                    try ConceptMapFile.map(folder: folder, of: loaded.analysis, classes: loaded.classEmbeddings)
                } ?? ConceptMap(descriptors: loaded.bankEmbeddings, classes: loaded.classEmbeddings)
            return { embedding, _ in
                // The class that the map itself comes to, which need not be the model's.
                let own = Self.order(map.scores(embedding)).first ?? 0
                let values = map.contributions(embedding, toClass: own)
                return Found(values: values, ranked: Self.order(values)) { map.scores(embedding, without: $0) }
            }
        case .splice:
            let width = loaded.model.embeddingWidth
            let decomposition = SparseDecomposition(
                descriptors: loaded.bareEmbeddings,
                images: Matrix(rows: embeddings.count, columns: width, elements: embeddings.flatMap { $0 }),
                penalty: penalty)
            let classes = DoubleMatrix(loaded.classEmbeddings)
            return { embedding, _ in
                let found = decomposition(embedding)
                let descriptors = found.descriptors
                return Found(
                    values: found.weights, ranked: descriptors,
                    scores: { removed in
                        let whole = decomposition.recomposed(found.weights, without: removed)
                        return DoubleMatrix(
                            classes.plain, times: DoubleMatrix(rows: whole.count, columns: 1, elements: whole).plain
                        ).elements
                    }, used: descriptors.count, cosine: found.cosine)
            }
        }
    }

    /// Largest first, of equals the first.
    private static func order(_ values: [Double]) -> [Int] {
        values.indices.sorted { (values[$1], $0) < (values[$0], $1) }
    }

    private struct Removal: Encodable {
        struct Step: Encodable {
            let removed: Int
            let drop, random_drop, flipped, random_flipped: Double
        }

        let images: Int
        let removal: [Step]

        init(_ test: RemovalTest) {
            images = test.images
            let count = Double(max(test.images, 1))
            removal = test.steps.map {
                Step(
                    removed: $0.count, drop: $0.drop / count, random_drop: $0.randomDrop / count,
                    flipped: Double($0.flips) / count, random_flipped: Double($0.randomFlips) / count)
            }
        }
    }

    private static func text(_ line: Line) -> String {
        let used = line.used.map { ", of \($0) descriptors" } ?? ""
        let cosine = line.cosine.map { ", cosine \(decimal($0))" } ?? ""
        let head = "\(neutral(line.image)): \(neutral(line.predicted))\(used)\(cosine)"
        return ([head] + line.concepts.map { "  \(decimal($0.value))  \(neutral($0.descriptor.text))" })
            .joined(separator: "\n")
    }

    private static func text(_ test: RemovalTest) -> String {
        var table = TextTable(
            .number("taken away"), .number("score drop"), .number("at random"), .number("flipped"),
            .number("at random"))
        for step in Removal(test).removal {
            table.add(
                "\(step.removed)", decimal(step.drop), decimal(step.random_drop), percent(step.flipped),
                percent(step.random_flipped))
        }
        return table.text
    }

    private static func decimal(_ value: Double) -> String { String(format: "%.4f", value) }
    private static func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
}
