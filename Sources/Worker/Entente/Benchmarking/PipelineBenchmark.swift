import Analyzing
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
        let partMethods: [String]
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
        /// How often the encoder sees an image by the method, at most.
        let passes: Int
        /// How many of them it did not take: parts that were not there, and pictures that were drawn twice.
        let passesSaved: Double
        /// Median of a plain pass, which gives the embedding alone, between the others.
        let plainPass: Double
        /// ``total`` over as many plain passes as ``passes``.
        let shareOfPlainPasses: Double
        /// Of judging alone, which the figures above leave out; nil unless asked for.
        let judging: JudgingCost?

        enum CodingKeys: String, CodingKey {
            case encoder, images, bank, stages, total, passes, judging
            case kernelSet = "kernel_set"
            case partMethods = "part_methods"
            case aroundEncoder = "around_encoder"
            case imagesPerSecond = "images_per_second"
            case passesSaved = "passes_saved"
            case plainPass = "plain_pass"
            case shareOfPlainPasses = "share_of_plain_passes"
        }
    }

    /// What has to be done for an image whatever encodes it. CRF and prompting can be switched off or made cheaper by the
    /// analysis, so they are counted apart.
    static let aroundEncoderStages: Set = [
        "poll", "fetch", "decode", "resize", "foreground", "parts", "pooling", "retrieval and agreement", "transaction",
    ]
    private static let serverStage = "transaction, the server's"
    /// What the others are measured against; no stage of the flow.
    private static let plainPass = "encoder, a plain pass"
    /// The same between pictures that are judged, in batches as theirs.
    private static let judgedPlainPass = "encoder, a plain pass between judged pictures"
    private static let judgingStages = [
        "judging, plan", "judging, pictures", "encoder, judged pictures", "judging, curves",
    ]
    private static let batchSize = 16

    /// What is measured, for people.
    let name: String
    let encoder: any VisionEncoder
    let preprocessor: Preprocessor
    let partMethods: [PartMethod]
    let images: Int
    let bank: Int
    let crf: Bool
    /// The dense method that parts are read by in a single pass; nil for prompted pictures.
    let singlePass: DenseMethod?
    /// Whether explanations are judged too.
    let judge: Bool
    let log: Logger

    func run() throws -> Result {
        BLAS.prepareForLanes()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("entente-" + UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let pictures = try PictureBenchmark(images: images, folder: folder)
        var method = StageBenchmark(
            partMethods: partMethods, images: images, shape: EncoderShape(encoder), bank: bank, crf: crf,
            singlePass: singlePass, judge: judge)

        var clock = StageClock()
        let pixels = try pictures.run(&clock, preprocessor)
        let outcome = method.run(&clock)
        let given = encode(pixels, prompted: outcome.prompted, &clock)
        judge(method, outcome, &clock)
        try DeliveryBenchmark(analysis: method.analysis, log: log)
            .run(&clock, uris: pictures.uris, findings: outcome.findings)
        let judged = outcome.plans.reduce(0) { $0 + $1.count }
        return result(
            clock, method.analysis.method, passesGiven: given,
            judged: judge ? Double(judged) / Double(max(outcome.plans.count, 1)) : nil)
    }

    /// Pictures without regions, or of regions alone, as a lane makes and encodes them, with plain passes in between.
    private func judge(_ method: StageBenchmark, _ outcome: StageBenchmark.Outcome, _ clock: inout StageClock) {
        let session = encoder.session(batchSize: Self.batchSize)
        for (plan, findings) in zip(outcome.plans, outcome.findings) {
            var embeddings: [ArraySlice<Float>] = []
            var (making, encoding, plain) = (0.0, 0.0, 0.0)
            for start in stride(from: 0, to: plan.count, by: session.batchSize) {
                let began = StageClock.threadSeconds
                let batch = (start..<min(start + session.batchSize, plan.count)).map {
                    preprocessor.input(plan.picture($0))
                }
                let made = StageClock.threadSeconds
                let encoded = session.encode(batch)
                let done = StageClock.threadSeconds
                embeddings += batch.indices.map { encoded.embeddings.row($0) }
                _ = session.encode(batch)
                (making, encoding, plain) = (
                    making + made - began, encoding + done - made, plain + StageClock.threadSeconds - done
                )
            }
            clock.add("judging, pictures", seconds: making, images: 1)
            clock.add("encoder, judged pictures", seconds: encoding, images: 1)
            clock.add(Self.judgedPlainPass, seconds: plain, images: max(plan.count, 1))
            guard let whole = embeddings.first else { continue }
            clock.time("judging, curves") { _ = method.curves(plan, embeddings, whole: whole, findings) }
        }
    }

    /// Pictures with patch features, then prompted pictures, as a lane does it, with plain passes in between.
    ///
    /// - Returns: passes that an image took, on average.
    private func encode(_ pixels: [VisionInput], prompted: [[Picture]], _ clock: inout StageClock) -> Double {
        let dense = singlePass.flatMap { method in
            (encoder as? VisionTransformer)?.dense(method, texts: Self.texts(encoder))
                .session(batchSize: Self.batchSize)
        }
        let session = dense ?? encoder.session(batchSize: Self.batchSize)
        let outputs: PatchOutputs = dense == nil ? .tokens : [.tokens, .dense]
        // The first call touches the memory.
        _ = session.encode([pixels[0]], including: outputs)
        for start in stride(from: 0, to: pixels.count, by: session.batchSize) {
            let batch = Array(pixels[start...].prefix(session.batchSize))
            clock.time("encoder, pictures", images: batch.count) {
                _ = session.encode(batch, including: outputs)
            }
            clock.time(Self.plainPass, images: batch.count) { _ = session.encode(batch) }
        }
        var given = pixels.count
        let batch = Array(pixels.prefix(session.batchSize))
        for drawn in prompted {
            let start = StageClock.threadSeconds
            let distinct = DistinctPictures(drawn).pictures
            let compared = StageClock.threadSeconds - start
            let pixels = distinct.map(preprocessor.input)
            given += pixels.count
            let before = StageClock.threadSeconds
            _ = session.encode(pixels)
            clock.add(
                "encoder, prompted pictures", seconds: compared + StageClock.threadSeconds - before, images: 1)
            clock.time(Self.plainPass, images: batch.count) { _ = session.encode(batch) }
        }
        return Double(given) / Double(pixels.count)
    }

    /// Classes, for a method that asks for texts.
    private static func texts(_ encoder: any VisionEncoder) -> Matrix {
        var random = MadeNumbers(state: 4)
        return random.matrix(rows: StageBenchmark.classes, columns: encoder.embeddingWidth).rowsNormalized()
    }

    /// - Parameter judged: passes that judging took, on average; nil without.
    private func result(
        _ clock: StageClock, _ method: MethodParameters, passesGiven: Double, judged: Double?
    ) -> Result {
        let flow = [
            "poll", "fetch", "decode", "resize", "encoder, pictures", "foreground", "parts", "CRF", "prompting",
            "encoder, prompted pictures", "pooling", "retrieval and agreement", "transaction",
            Self.serverStage,
        ]
        let known = clock.stages
        let stages = flow.compactMap { name in known.first { $0.stage == name } }
        let around = stages.filter { Self.aroundEncoderStages.contains($0.stage) }.reduce(0) { $0 + $1.median }
        let total = stages.filter { $0.stage != Self.serverStage }.reduce(0) { $0 + $1.median }
        let plainPass = known.first { $0.stage == Self.plainPass }?.median ?? 0
        var unjudged = method
        unjudged.evaluation = nil
        let passes = unjudged.passesPerImage
        let cost = judged.map { taken -> JudgingCost in
            let total = known.filter { Self.judgingStages.contains($0.stage) }.reduce(0) { $0 + $1.median }
            let plain = known.first { $0.stage == Self.judgedPlainPass }?.median ?? 0
            return JudgingCost(
                passes: method.passesPerImage - passes, passesTaken: taken, total: total,
                shareOfPlainPasses: total / (taken * plain))
        }
        return Result(
            encoder: name, kernelSet: KernelSet.name, partMethods: method.parts.by.map(method.key), images: images,
            bank: bank, stages: stages + known.filter { Self.judgingStages.contains($0.stage) }, aroundEncoder: around,
            total: total, imagesPerSecond: 1000 / total,
            passes: passes, passesSaved: Double(passes) - passesGiven, plainPass: plainPass,
            shareOfPlainPasses: total / (Double(passes) * plainPass), judging: cost)
    }
}
