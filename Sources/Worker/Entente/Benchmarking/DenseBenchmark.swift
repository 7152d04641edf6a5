import Inference

/// Measures dense methods against the plain encoder: rounds in which all take turns, so that what else the machine does hits
/// all alike, and the median of each round's ratio.
struct DenseBenchmark {
    struct Result: Encodable {
        struct Method: Encodable {
            let method: String
            /// All lanes together; median over the rounds.
            let imagesPerSecond: Double
            /// Of the plain encoder's images a second; median of the rounds' ratios, and their range.
            let shareOfPlain: Double
            let shareOfPlainRange: [Double]

            enum CodingKeys: String, CodingKey {
                case method
                case imagesPerSecond = "images_per_second"
                case shareOfPlain = "share_of_plain"
                case shareOfPlainRange = "share_of_plain_range"
            }
        }

        let architecture: String
        let kernelSet: String
        let lanes: Int
        let batchSize: Int
        let texts: Int
        /// Of the plain encoder.
        let imagesPerSecond: Double
        let methods: [Method]

        enum CodingKeys: String, CodingKey {
            case architecture, lanes, texts, methods
            case kernelSet = "kernel_set"
            case batchSize = "batch_size"
            case imagesPerSecond = "images_per_second"
        }
    }

    let architecture: String
    let encoder: VisionTransformer
    let methods: [DenseMethod]
    let texts: Int
    let lanes: Int
    let batchSize: Int
    let rounds: Int

    func run() -> Result {
        BLAS.prepareForLanes()
        var random = MadeNumbers(state: 3)
        let texts = random.matrix(rows: texts, columns: encoder.embeddingWidth).rowsNormalized()
        let contestants = ([nil] + methods.map(Optional.some)).map { method in
            (0..<lanes).map { _ in Lane(encoder, method, texts, batchSize: batchSize) }
        }
        // Memory is touched and the clock is up before anything counts.
        for lanes in contestants { _ = EncodeBenchmark.time(lanes) { $0.run() } }
        let speeds = (0..<rounds).map { _ in
            contestants.map { Double(lanes * batchSize) / EncodeBenchmark.time($0) { $0.run() } }
        }
        return Result(
            architecture: architecture, kernelSet: KernelSet.name, lanes: lanes, batchSize: batchSize,
            texts: texts.rows, imagesPerSecond: Self.median(speeds.map { $0[0] }),
            methods: methods.enumerated().map { place, method in
                let ratios = speeds.map { $0[place + 1] / $0[0] }
                return .init(
                    method: method.rawValue, imagesPerSecond: Self.median(speeds.map { $0[place + 1] }),
                    shareOfPlain: Self.median(ratios), shareOfPlainRange: [ratios.min() ?? 0, ratios.max() ?? 0])
            })
    }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    /// Unchecked: used by one thread at a time.
    private final class Lane: @unchecked Sendable {
        private let session: any VisionSession
        private let outputs: PatchOutputs
        private let texts: Matrix
        private let pictures: [VisionInput]

        init(_ encoder: VisionTransformer, _ method: DenseMethod?, _ texts: Matrix, batchSize: Int) {
            self.texts = texts
            session =
                method.map { encoder.dense($0, texts: texts).session(batchSize: batchSize) }
                ?? encoder.session(batchSize: batchSize)
            outputs = method == nil ? [] : .dense
            pictures = EncodeBenchmark.pictures(encoder, count: batchSize)
        }

        func run() {
            let encoded = session.encode(pictures, including: outputs)
            for patches in encoded.densePatches { _ = PatchSimilarity.cosines(patches: patches, texts: texts) }
        }
    }
}
