import Analyzing
import Concepts
import Foundation
import Inference
import Settings
import Threads

/// The steps of one head's training over features on disk, with checkpoints.
struct TrainingRun {
    let cache: FeatureCache
    let lanes: Int
    /// Folder of the checkpoint.
    let folder: String
    /// What the run is, as metadata; see ``TrainingCheckpoint``.
    let identity: [String: String]
    let stop: StopSignal

    /// Seconds between checkpoints within an epoch.
    private static let pause = Duration.seconds(60)

    /// What comes of a run.
    enum Outcome {
        case done
        /// The stop was requested; a checkpoint has what was done.
        case interrupted
    }

    /// From where `training` is to its end. A checkpoint is written after each epoch, each minute, and at a stop.
    ///
    /// - Parameter onEpoch: hears of each epoch that is over.
    func run(
        _ training: inout HeadTraining, _ curve: inout TrainingCurve, onEpoch: (TrainingCurve) throws -> Void
    ) throws -> Outcome {
        var bar = ProgressBar(total: training.steps, of: "steps", before: training.state.step)
        defer { bar.finish() }
        var order: (epoch: Int, pictures: [Int])?
        var saved = ContinuousClock.now
        func save(_ training: HeadTraining, _ curve: TrainingCurve) throws {
            try TrainingCheckpoint(state: training.state, curve: curve).write(folder: folder, run: identity)
            saved = .now
        }
        while !training.isDone {
            if stop.isRequested {
                try save(training, curve)
                return .interrupted
            }
            let next = training.nextBatch
            if order?.epoch != next.epoch { order = (next.epoch, training.order(ofEpoch: next.epoch)) }
            let pictures = Array((order?.pictures ?? [])[next.places])
            let step = try descend(&training, pictures)
            let isLast = next.places.upperBound == training.pictures
            curve.add(loss: step.loss, accuracy: step.accuracy, count: pictures.count, isLast: isLast)
            bar.show(training.state.step)
            if isLast || saved.duration(to: .now) > Self.pause { try save(training, curve) }
            if isLast {
                // What is said of the epoch has a line of its own.
                bar.finish()
                try onEpoch(curve)
            }
        }
        return .done
    }

    /// - Parameter pictures: of the batch.
    private func descend(_ training: inout HeadTraining, _ pictures: [Int]) throws -> HeadTraining.Step {
        let (work, cache, size) = (training.work, cache, HeadTraining.chunk)
        let sums = try Lanes.map((pictures.count + size - 1) / size, lanes: lanes) { chunk in
            let range = chunk * size..<min((chunk + 1) * size, pictures.count)
            return work.sums(
                of: try range.map { place in
                    HeadExample(
                        features: try cache.features(pictures[place]), label: cache.labels[pictures[place]],
                        place: place)
                })
        }
        return training.descend(work, sums, count: pictures.count)
    }
}
