import Concepts
import Foundation
import Inference
import Settings
import Threads

/// The steps of EZPC's training over embeddings on disk, with checkpoints.
struct ConceptMapRun {
    /// One patch a picture: its embedding.
    let cache: FeatureCache
    let lanes: Int
    /// Folder of the checkpoint.
    let folder: String
    /// What the run is, as metadata; see ``TrainingCheckpoint``.
    let identity: [String: String]
    let stop: StopSignal

    /// Time between checkpoints.
    private static let pause = Duration.seconds(60)

    /// From where `training` is to its end. A checkpoint is written each minute, at a stop and at the end.
    ///
    /// - Parameter onStep: hears of each step.
    func run(
        _ training: inout ConceptMapTraining, _ curve: inout TrainingCurve, onStep: (TrainingCurve) -> Void
    ) throws -> TrainingRun.Outcome {
        var bar = ProgressBar(total: training.settings.epochs, of: "steps", before: training.state.step)
        defer { bar.finish() }
        var saved = ContinuousClock.now
        func save(_ training: ConceptMapTraining, _ curve: TrainingCurve) throws {
            try TrainingCheckpoint(state: training.state, curve: curve, best: training.best)
                .write(folder: folder, run: identity)
            saved = .now
        }
        while !training.isDone {
            if stop.isRequested {
                try save(training, curve)
                return .interrupted
            }
            let step = try descend(&training)
            curve.add(loss: step.loss, accuracy: step.agreement, count: training.pictures, isLast: true)
            bar.show(training.state.step)
            if training.isDone || saved.duration(to: .now) > Self.pause { try save(training, curve) }
            onStep(curve)
        }
        return .done
    }

    private func descend(_ training: inout ConceptMapTraining) throws -> ConceptMapTraining.Step {
        let (work, cache, size, pictures) = (
            training.work, cache, ConceptMapTraining.chunk, training.pictures
        )
        let sums = try Lanes.map((pictures + size - 1) / size, lanes: lanes) { chunk in
            let range = chunk * size..<min((chunk + 1) * size, pictures)
            let embeddings = try range.flatMap { try cache.features($0).elements }
            return work.sums(of: Matrix(rows: range.count, columns: cache.width, elements: embeddings))
        }
        return training.descend(work, sums)
    }
}
