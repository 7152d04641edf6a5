import Foundation
import Inference
import Threads

/// Measures the text side of an analysis: as it is built, by all lanes and with what texts share computed once, in turn with one lane
/// that encodes every text by itself.
struct TextBenchmark {
    struct Result: Encodable {
        let architecture: String
        let kernelSet: String
        let lanes: Int
        let texts: Int
        /// Tokens up to the pooled ones, and how many of them are computed.
        let tokenRows: Int
        let computedRows: Int
        /// Medians over the rounds.
        let seconds: Double
        let plainSeconds: Double
        /// Of the plain time; median of the rounds' ratios, and their range.
        let shareOfPlain: Double
        let shareOfPlainRange: [Double]

        enum CodingKeys: String, CodingKey {
            case architecture, lanes, texts, seconds
            case kernelSet = "kernel_set"
            case tokenRows = "token_rows"
            case computedRows = "computed_rows"
            case plainSeconds = "plain_seconds"
            case shareOfPlain = "share_of_plain"
            case shareOfPlainRange = "share_of_plain_range"
        }
    }

    let architecture: String
    let encoder: TextTransformer
    let texts: MadeTexts
    let lanes: Int
    let rounds: Int

    /// Texts that go through the encoder together, and those that the plain lane takes.
    private static let (batchSize, plainBatchSize) = (128, 64)

    func run() throws -> Result {
        BLAS.prepareForLanes()
        let lists = texts.tokens(context: encoder.contextLength, vocabulary: encoder.vocabularySize)
        var (times, plainTimes): ([Double], [Double]) = ([], [])
        var (rows, plainRows) = (0, 0)
        for _ in 0..<rounds {
            times.append(try Self.seconds { rows = try lists.reduce(0) { try $0 + encode($1) } })
            plainTimes.append(try Self.seconds { plainRows = try lists.reduce(0) { try $0 + encodePlainly($1) } })
        }
        let ratios = zip(times, plainTimes).map { $0 / $1 }
        return Result(
            architecture: architecture, kernelSet: KernelSet.name, lanes: lanes,
            texts: lists.reduce(0) { $0 + $1.count }, tokenRows: plainRows, computedRows: rows,
            seconds: Self.median(times), plainSeconds: Self.median(plainTimes), shareOfPlain: Self.median(ratios),
            shareOfPlainRange: [ratios.min() ?? 0, ratios.max() ?? 0])
    }

    /// Returns how many rows were computed.
    private func encode(_ tokens: [[Int32]]) throws -> Int {
        let batches = encoder.batches(of: tokens, batchSize: Self.batchSize)
        return try Lanes.map(
            batches.count, lanes: lanes, memory: { [encoder] in encoder.makeWorkspace(batchSize: Self.batchSize) },
            { [encoder] workspace, number in
                let before = workspace.computedRows
                _ = try encoder.encode(batches[number].map { tokens[$0] }, in: workspace)
                return workspace.computedRows - before
            }
        ).reduce(0, +)
    }

    private func encodePlainly(_ tokens: [[Int32]]) throws -> Int {
        let workspace = encoder.makeWorkspace(batchSize: Self.plainBatchSize, sharingPrefixes: false)
        _ = try encoder.encode(tokens, in: workspace)
        return workspace.computedRows
    }

    private static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let start = ContinuousClock.now
        try body()
        return Double(start.duration(to: .now).microseconds) / 1e6
    }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}
