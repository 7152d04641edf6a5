import Analyzing
import ArgumentParser
import Concepts
import Foundation
import Inference
import Logging
import Settings

/// `benchmark pipeline`: every stage that an image goes through.
struct BenchmarkPipelineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pipeline",
        abstract: "Time every stage that an image goes through, from the queue to the database.",
        discussion: """
            JPEG files of 500×375 pixels, 1,000 classes, jobs of 16 images, a private PostgreSQL and an in-process Kafka \
            broker: CPU milliseconds an image of the thread that does the work, median and extremes. What librdkafka's \
            own threads and the PostgreSQL server take runs beside the lanes; the server's is shown apart. \
            In between the encoder takes plain passes, which give an embedding alone; the whole is compared with as many of \
            them as the method asks for. \
            Parts, prompting and retrieval work on made features of the encoder's size, since random weights see no parts.
            """)

    @Option(help: ArgumentHelp("Architecture with random weights, by open_clip's name.", valueName: "name"))
    var architecture: String?

    @Option(help: ArgumentHelp("A model directory instead.", valueName: "dir"))
    var model: String?

    @Option(help: ArgumentHelp("Pictures to time.", valueName: "n"))
    var images = 16

    @Option(
        name: .customLong("part-method"),
        help: ArgumentHelp(
            "pca or kmeans; may be given twice, for both (default: kmeans).", valueName: "method"))
    var partMethods: [PartMethod] = []

    @Option(
        help: ArgumentHelp(
            "Read parts by a single pass of this dense method instead of prompted pictures.", valueName: "method"))
    var singlePass: DenseMethod?

    @Flag(help: "Judge explanations too, with both nulls and the foreground, and say what that costs.")
    var judge = false

    @Flag(inversion: .prefixedNo, help: "Refine the foreground with the dense CRF.")
    var crf = true

    @Option(help: ArgumentHelp("Descriptors in the bank.", valueName: "n"))
    var bank = 4000

    @Flag(help: "Print the figures as JSON.")
    var json = false

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard 1...10_000 ~= images else { throw ValidationError("--images takes 1 to 10000, not \(images)") }
        guard 1...1_000_000 ~= bank else { throw ValidationError("--bank takes 1 to 1000000, not \(bank)") }
        for method in partMethods where partMethods.count(where: { $0 == method }) > 1 {
            throw ValidationError("--part-method names \(method.rawValue) twice")
        }
        if let trained = partMethods.first(where: \.needsTraining) {
            throw ValidationError("--part-method takes pca or kmeans, not \(trained.rawValue), which has to be trained")
        }
        guard architecture == nil || model == nil else {
            throw ValidationError("--architecture and --model exclude each other")
        }
    }

    func run() async throws {
        let settings = try await global.settings()
        let result = try benchmark(settings).run()
        if json { return try StandardOutput.json(result) }
        try StandardOutput.line(
            "CPU milliseconds an image: \(result.encoder), \(images) images, a bank of \(bank), "
                + "kernel set \(result.kernelSet)")
        let title = "\(result.partMethods.joined(separator: " and ")) parts"
        for line in StageTable.lines(title, result.stages) { try StandardOutput.line(line) }
        func decimal(_ value: Double) -> String { String(format: "%.2f", value) }
        try StandardOutput.line(
            """
              around the encoder, without CRF and prompting: \(decimal(result.aroundEncoder)) ms
              altogether: \(decimal(result.total)) ms, \(decimal(result.imagesPerSecond)) images a second on one core
              passes of the encoder: \(result.passes) by the method, \(decimal(result.passesSaved)) of them saved
              against \(result.passes) plain passes of \(decimal(result.plainPass)) ms: \
            \(decimal(100 * result.shareOfPlainPasses)) %
            """)
        guard let judging = result.judging else { return }
        try StandardOutput.line(
            """
              judging, beside that: \(decimal(judging.total)) ms; passes: \(judging.passes) by the method, \
            \(decimal(judging.passesTaken)) taken; against as many plain passes: \(decimal(100 * judging.shareOfPlainPasses)) %
            """)
    }

    /// What the in-process broker can't do is no news here.
    private func logger(_ settings: Settings) throws -> Logger {
        var log = try settings.logger("entente.benchmark")
        if global.logLevel == nil { log.logLevel = .error }
        return log
    }

    private func benchmark(_ settings: Settings) throws -> PipelineBenchmark {
        let encoder: any VisionEncoder
        let preprocessor: Preprocessor
        if let model {
            let loaded = try LoadedModel(directory: model)
            (encoder, preprocessor) = (loaded.vision, loaded.preprocessor)
        } else {
            encoder = try RandomEncoder.make(architecture ?? "ViT-B-16", settings)
            preprocessor = Preprocessor(configuration: PreprocessConfiguration(), imageSize: encoder.imageSize)
        }
        guard singlePass == nil || encoder is VisionTransformer else {
            throw CommandFailure(
                .usage, "--single-pass needs a vision transformer, which \(model ?? architecture ?? "") is not.")
        }
        return PipelineBenchmark(
            name: model ?? architecture ?? "ViT-B-16", encoder: encoder, preprocessor: preprocessor,
            partMethods: partMethods.isEmpty ? [.kmeans] : partMethods, images: images, bank: bank, crf: crf,
            singlePass: singlePass, judge: judge,
            log: try logger(settings))
    }
}

extension PartMethod: ExpressibleByArgument {}
