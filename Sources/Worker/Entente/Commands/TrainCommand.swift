import Analyzing
import ArgumentParser
import Concepts
import Crypto
import Foundation
import Inference
import Settings
import Threads

/// `train`: a head that explains, on top of a frozen model.
struct TrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a head that explains a frozen model, for an analysis to judge beside its own parts.",
        discussion: """
            MM-CBM, MM-ProtoSim and Feature Maps with its labeler, as docs/rivals.md has them. Features of the pictures are kept in \
            the output folder and mapped from there, so memory does not grow with them. An interrupted run goes on where it \
            was when it is started again, and comes to the same weights, whatever the lanes. The head is named in an \
            analysis file by its folder: explainers: {mm_cbm: DIR}. EZPC's map is trained on whole pictures and named to \
            entente decompose by its folder: --map DIR.
            """)

    @Option(help: ArgumentHelp("mm_cbm, mm_protosim, feature_maps or ezpc.", valueName: "name"))
    var baseline: Baseline

    @Option(help: ArgumentHelp("Analysis file: model, classes, bank, features.", valueName: "file.yaml"))
    var analysis: String

    @Option(help: ArgumentHelp("Training pictures, one folder a class.", valueName: "dir"))
    var images: String

    @Option(help: ArgumentHelp("Folder for the head, the features and the checkpoint.", valueName: "dir"))
    var output: String

    @Option(help: ArgumentHelp("Pictures to tell the head by when it is done, one folder a class.", valueName: "dir"))
    var heldOut: String?

    @OptionGroup var options: TrainingOptions

    @Option(help: ArgumentHelp("Threads; never changes a result (ENTENTE_WORKER_LANES).", valueName: "n"))
    var lanes: Int?

    @Flag(help: "Print what came of it as JSON.")
    var json = false

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if case .head(let method) = baseline, !method.needsTraining {
            let known = Baseline.names.joined(separator: ", ")
            throw ValidationError("--baseline takes \(known), not \(method.rawValue), which needs no training.")
        }
        if let problem = options.problem(of: baseline) { throw ValidationError(problem) }
    }

    func run() async throws {
        let settings = try await global.settings([.workerLanes: lanes.map(String.init)])
        let stop = StopSignal()
        TerminationSignals.become(stop)
        let file = try AnalysisFile(path: analysis, share: settings.value(.share))
        StandardError.warn(file.warnings())
        let targets = baseline == .head(.featureMaps) ? try targets(file) : []
        let local = try LocalAnalysis(file, path: analysis, settings: settings)
        let encoder = FeatureEncoder(
            local: local, lanes: try settings.integer(.workerLanes, in: 1...512),
            batch: try settings.integer(.workerBatchSize, in: 1...1024))
        guard !local.loaded.analysis.descriptors.isEmpty else {
            throw CommandFailure(.badInput, "\(analysis): a head needs a descriptor bank; name one (`descriptors`).")
        }
        do {
            try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        } catch {
            throw CommandFailure(.badInput, "--output: \(output) can't be made: \(error.localizedDescription).")
        }
        switch baseline {
        case .head(let method): try train(method, local, targets, encoder, stop)
        case .map: try trainMap(local, encoder, stop)
        }
    }

    /// Of each class the descriptors that are true of it.
    private func targets(_ file: AnalysisFile) throws -> [[Int]] {
        var problems: [Problem] = []
        guard let lists = file.bank?.lists(of: file.classes, for: "--baseline feature_maps", problems: &problems) else {
            throw InvalidAnalysis(problems: problems)
        }
        return lists
    }

    private func train(
        _ method: PartMethod, _ local: LocalAnalysis, _ targets: [[Int]], _ encoder: FeatureEncoder,
        _ stop: StopSignal
    ) throws {
        let (loaded, headSettings) = (local.loaded, options.headSettings)
        let identity = HeadIdentity(method, of: loaded.analysis)
        let shape = HeadShape(method, of: loaded.analysis, model: loaded.model, settings: headSettings)
        let pictures = try LabelledPictures(images, classes: loaded.classIndex)
        let toldBy = try heldOut.map { try LabelledPictures($0, option: "--held-out", classes: loaded.classIndex) }
        // Features of such a method depend on the texts that it was given, too.
        let needsTexts = loaded.analysis.method.features.denseMethod?.needsTexts == true
        let cache = try features(
            pictures, FeatureCache.name,
            pictures.key(
                identity, in: loaded.analysis.method.picturePrecision, beside: needsTexts ? [loaded.analysis.id] : []),
            [shape.patches, shape.patchWidth], encoder, stop
        ) { $0.patches.elements }
        guard let cache else { try interrupted("the same command begins again with the features") }

        var run = identity.metadata
        run["settings"] = try JSONEncoder.sorted(headSettings)
        run["pictures"] = "\(cache.labels.count)"
        run["pictures_digest"] = cache.digest
        run["precision"] = loaded.analysis.method.picturePrecision.rawValue
        if !targets.isEmpty {
            run["targets"] = SHA256.hash(data: Data(try JSONEncoder.sorted(targets).utf8)).hexadecimal
        }
        let checkpoint = try TrainingCheckpoint(folder: output, run: run, count: shape.count)
        var training = HeadTraining(
            shape, settings: headSettings, pictures: cache.labels.count, texts: loaded.bankEmbeddings,
            targets: targets, state: checkpoint?.state)
        var curve = checkpoint?.curve ?? TrainingCurve()
        if training.state.step > 0 { say("going on after step \(training.state.step) of \(training.steps)") }
        let start = ContinuousClock.now
        let outcome = try TrainingRun(
            cache: cache, lanes: encoder.lanes, folder: output, identity: run, stop: stop
        ).run(&training, &curve) { curve in
            say(
                "epoch \(curve.losses.count) of \(headSettings.epochs): loss \(Self.decimal(curve.losses.last ?? 0)), "
                    + "\(Self.percent(curve.accuracies.last ?? 0)) of the pictures told right")
        }
        guard case .done = outcome else { try interrupted("the same command goes on from here") }
        let seconds = Double(start.duration(to: .now).microseconds) / 1e6
        run["loss"] = "\(curve.losses.last ?? 0)"
        try HeadFile.write(training, identity: identity, notes: run, folder: output)
        if let refusal = try HeadFile(folder: output).refusal(of: method, in: loaded.analysis) {
            throw CommandFailure(.bug, refusal)
        }
        let head = TrainedHead(
            shape, parameters: training.state.parameters, texts: loaded.bankEmbeddings)
        try report(HeadFile.name, steps: training.steps, curve, encoder, toldBy, seconds) {
            head.scores(of: $0.patches)
        }
    }

    /// What is taken of all pictures, out of a file of the output folder or put there; nil if the work was interrupted.
    func features(
        _ pictures: LabelledPictures, _ name: String, _ key: String, _ shape: [Int], _ encoder: FeatureEncoder,
        _ stop: StopSignal, values: (FeatureEncoder.Encoded) -> [Float]
    ) throws -> FeatureCache? {
        let path = output + "/" + name
        if let cache = try FeatureCache(path: path, key: key) { return cache }
        say("encoding \(pictures.labels.count) pictures once")
        var bar = ProgressBar(total: pictures.labels.count)
        defer { bar.finish() }
        do {
            try FeatureCache.write(
                pictures, key: key, shape: shape, to: path, encoder: encoder, values: values
            ) { done in
                bar.show(done)
                if stop.isRequested { throw Interrupted() }
            }
        } catch is Interrupted {
            return nil
        }
        return try FeatureCache(path: path, key: key)
    }

    /// - Parameters:
    ///   - file: that was written.
    ///   - toldBy: held-out pictures.
    ///   - scores: of a picture by what was trained, `[C]`; nil of what tells no classes apart.
    func report(
        _ file: String, steps: Int, _ curve: TrainingCurve, _ encoder: FeatureEncoder, _ toldBy: LabelledPictures?,
        _ seconds: Double, scores: (FeatureEncoder.Encoded) -> [Double]?
    ) throws {
        let told = try toldBy.map { try HeldOutAccuracy($0, encoder: encoder, scores: scores) }
        struct Summary: Encodable {
            let baseline, output: String
            let steps: Int
            let seconds: Double
            let losses, accuracies: [Double]
            let last_fall: Double?
            let held_out: HeldOutAccuracy?
        }
        if json {
            return try StandardOutput.json(
                Summary(
                    baseline: baseline.name, output: output, steps: steps, seconds: seconds,
                    losses: curve.losses, accuracies: curve.accuracies, last_fall: curve.lastFall, held_out: told))
        }
        try StandardOutput.line(
            "\(neutral(output))/\(file): \(baseline.name), \(steps) steps in "
                + "\(readableDuration(seconds)), loss \(Self.decimal(curve.losses.first ?? 0)) at first and "
                + "\(Self.decimal(curve.losses.last ?? 0)) at last"
                + (curve.lastFall.map { ", \(Self.percent($0)) of the fall in the last tenth of the epochs" } ?? ""))
        guard let told else { return }
        let count = Double(max(told.pictures, 1))
        try StandardOutput.line(
            "of \(told.pictures) held-out pictures the frozen model tells \(Self.percent(Double(told.zeroShot) / count)) right"
                + (told.head.map { ", the \(baseline == .map ? "map" : "head") \(Self.percent(Double($0) / count))" }
                    ?? "; \(baseline.name) tells no classes apart"))
    }

    func interrupted(_ next: String) throws -> Never {
        say("interrupted; \(next)")
        throw ExitCode(130)
    }

    func say(_ text: String) { StandardError.write("entente: \(text)\n") }
    static func decimal(_ value: Double) -> String { String(format: "%.4f", value) }
    static func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
}
