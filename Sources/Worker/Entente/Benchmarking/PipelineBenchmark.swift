import Concepts
import Foundation
import Inference
import Logging

/// Times every stage that an image goes through, encoder included, in CPU time of the thread that runs it.
///
/// The method's stages get made features, since those of random weights have no foreground worth the name; everything else
/// gets what the stage before it made.
struct PipelineBenchmark {
    struct Result: Encodable {
        let encoder: String
        let kernelSet: String
        let partMethod: String
        let images: Int
        let bank: Int
        /// CPU milliseconds an image, in the order of the flow.
        let stages: [StageClock.Stage]
        /// Sum of the medians of ``aroundEncoderStages``.
        let aroundEncoder: Double
        /// Sum of all medians but the server's.
        let total: Double
        /// Of one lane with a core to itself.
        let imagesPerSecond: Double

        enum CodingKeys: String, CodingKey {
            case encoder, images, bank, stages, total
            case kernelSet = "kernel_set"
            case partMethod = "part_method"
            case aroundEncoder = "around_encoder"
            case imagesPerSecond = "images_per_second"
        }
    }

    /// What has to be done for an image whatever encodes it. CRF and prompting can be switched off or made cheaper by the
    /// analysis, so they are counted apart.
    static let aroundEncoderStages: Set = [
        "poll", "fetch", "decode", "resize", "foreground", "parts", "pooling", "retrieval and agreement", "transaction",
    ]
    private static let serverStage = "transaction, the server's"

    /// What is measured, for people.
    let name: String
    let encoder: any VisionEncoder
    let preprocessor: Preprocessor
    let partMethod: PartMethod
    let images: Int
    let bank: Int
    let crf: Bool
    /// The dense method that parts are read by in a single pass; nil for prompted pictures.
    let singlePass: DenseMethod?
    let log: Logger

    func run() throws -> Result {
        BLAS.prepareForLanes()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("entente-" + UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let pictures = try PictureBenchmark(images: images, folder: folder)
        var method = StageBenchmark(
            partMethod: partMethod, images: images, shape: EncoderShape(encoder), bank: bank, crf: crf,
            singlePass: singlePass)

        var clock = StageClock()
        let pixels = try pictures.run(&clock, preprocessor)
        let outcome = method.run(&clock)
        encode(pixels, prompted: outcome.prompted, &clock)
        try DeliveryBenchmark(analysis: method.analysis, log: log)
            .run(&clock, uris: pictures.uris, findings: outcome.findings)
        return result(clock)
    }

    /// Pictures with patch features, then prompted pictures, as a lane does it.
    private func encode(_ pixels: [[Float]], prompted: [[Picture]], _ clock: inout StageClock) {
        let dense = singlePass.flatMap { method in
            (encoder as? VisionTransformer)?.makeWorkspace(batchSize: 16, dense: method, texts: Self.texts(encoder))
        }
        let workspace = dense ?? encoder.makeWorkspace(batchSize: 16)
        let outputs: PatchOutputs = dense == nil ? .tokens : [.tokens, .dense]
        // The first call touches the memory.
        _ = encoder.encode([pixels[0]], including: outputs, in: workspace)
        for start in stride(from: 0, to: pixels.count, by: workspace.batchSize) {
            let batch = Array(pixels[start...].prefix(workspace.batchSize))
            clock.time("encoder, pictures", images: batch.count) {
                _ = encoder.encode(batch, including: outputs, in: workspace)
            }
        }
        for pictures in prompted {
            let pixels = pictures.map(preprocessor.pixelValues)
            clock.time("encoder, prompted pictures") { _ = encoder.encode(pixels, in: workspace) }
        }
    }

    /// Classes, for a method that asks for texts.
    private static func texts(_ encoder: any VisionEncoder) -> Matrix {
        var random = MadeNumbers(state: 4)
        return random.matrix(rows: StageBenchmark.classes, columns: encoder.embeddingWidth).rowsNormalized()
    }

    private func result(_ clock: StageClock) -> Result {
        let flow = [
            "poll", "fetch", "decode", "resize", "encoder, pictures", "foreground", "parts", "CRF", "prompting",
            "encoder, prompted pictures", "pooling", "retrieval and agreement", "transaction", Self.serverStage,
        ]
        let known = clock.stages
        let stages = flow.compactMap { name in known.first { $0.stage == name } }
        let around = stages.filter { Self.aroundEncoderStages.contains($0.stage) }.reduce(0) { $0 + $1.median }
        let total = stages.filter { $0.stage != Self.serverStage }.reduce(0) { $0 + $1.median }
        return Result(
            encoder: name, kernelSet: KernelSet.name,
            partMethod: partMethod.rawValue + (singlePass.map { "+\($0.rawValue)" } ?? ""), images: images, bank: bank,
            stages: stages, aroundEncoder: around, total: total, imagesPerSecond: 1000 / total)
    }
}
