import Analyzing
import Concepts
import Foundation
import Inference
import Threads

extension TrainCommand {
    /// How many steps lie between two lines about them.
    private static let told = 100

    /// EZPC's map, on whole pictures.
    func trainMap(_ local: LocalAnalysis, _ encoder: FeatureEncoder, _ stop: StopSignal) throws {
        let (loaded, settings) = (local.loaded, options.mapSettings)
        let identity = HeadIdentity(mapOf: loaded.analysis)
        let pictures = try LabelledPictures(images, classes: loaded.classIndex)
        let toldBy = try heldOut.map { try LabelledPictures($0, option: "--held-out", classes: loaded.classIndex) }
        let precision = loaded.analysis.method.picturePrecision
        let cache = try features(
            pictures, FeatureCache.embeddingsName,
            pictures.key(identity, in: precision), [1, loaded.model.embeddingWidth],
            encoder, stop
        ) { $0.embedding }
        guard let cache else { try interrupted("the same command begins again with the embeddings") }

        var run = identity.metadata
        run["settings"] = try JSONEncoder.sorted(settings)
        run["pictures"] = "\(cache.labels.count)"
        run["pictures_digest"] = cache.digest
        run["precision"] = precision.rawValue
        let checkpoint = try TrainingCheckpoint(
            folder: output, run: run, count: loaded.bankEmbeddings.elements.count)
        var training = ConceptMapTraining(
            descriptors: loaded.bankEmbeddings, classes: loaded.classEmbeddings, settings: settings,
            pictures: cache.labels.count, state: checkpoint?.state, best: checkpoint?.best)
        var curve = checkpoint?.curve ?? TrainingCurve()
        if training.state.step > 0 { say("going on after step \(training.state.step) of \(settings.epochs)") }
        let start = ContinuousClock.now
        let outcome = try ConceptMapRun(
            cache: cache, lanes: encoder.lanes, folder: output, identity: run, stop: stop
        ).run(&training, &curve) { curve in
            guard curve.losses.count % Self.told == 0 || curve.losses.count == settings.epochs else { return }
            say(
                "step \(curve.losses.count) of \(settings.epochs): loss \(Self.decimal(curve.losses.last ?? 0)), "
                    + "\(Self.percent(curve.accuracies.last ?? 0)) of the pictures of the model's class")
        }
        guard case .done = outcome, let best = training.best else {
            try interrupted("the same command goes on from here")
        }
        let seconds = Double(start.duration(to: .now).microseconds) / 1e6
        run["loss"] = "\(best.loss)"
        try ConceptMapFile.write(best, of: loaded.analysis, notes: run, folder: output)
        let map = try ConceptMapFile.map(folder: output, of: loaded.analysis, classes: loaded.classEmbeddings)
        try report(ConceptMapFile.name, steps: settings.epochs, curve, encoder, toldBy, seconds) {
            map.scores($0.embedding)
        }
    }
}
