import Analyzing
import Concepts
import Foundation
import Inference

/// Where a training run is, on disk: whatever the next step depends on, and the losses so far (docs/rivals.md §2.4).
struct TrainingCheckpoint {
    static let name = "checkpoint.safetensors"

    let state: HeadState
    let curve: TrainingCurve
    /// What a run keeps beside its last state; of EZPC's alone.
    let best: ConceptMapTraining.Best?

    /// The one in the folder if there is one.
    ///
    /// - Parameter run: what the run is, as metadata.
    /// - Throws: ``CommandFailure`` if it is another run's.
    init?(folder: String, run: [String: String], count: Int) throws {
        let path = folder + "/" + Self.name
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let file = try Safetensors(path: path)
        for (key, value) in run.sorted(by: { $0.key < $1.key }) where file.metadata[key] != value {
            throw CommandFailure(
                .badInput,
                "\(path) is of another run: its \(key) differs. Name another --output, or remove the file to begin anew."
            )
        }
        let (parameters, moments) = (try file.doubles("parameters"), try file.doubles("moments"))
        let (squares, losses) = (try file.doubles("squares"), try file.doubles("losses"))
        let (hits, progress) = (try file.doubles("accuracies"), try file.doubles("progress"))
        guard [parameters, moments, squares].allSatisfy({ $0.count == count }), losses.count == hits.count,
            progress.count == 4, let step = Int(exactly: progress[0]), step >= 0,
            let pictures = Int(exactly: progress[3]), pictures >= 0
        else {
            throw CommandFailure(.badInput, "\(path) is damaged; remove it to begin anew.")
        }
        if file["best"] != nil {
            let (rows, loss) = (try file.doubles("best"), try file.doubles("best_loss"))
            guard rows.count == count, let loss = loss.first else {
                throw CommandFailure(.badInput, "\(path) is damaged; remove it to begin anew.")
            }
            best = .init(loss: loss, rows: rows)
        } else {
            best = nil
        }
        state = HeadState(step: step, parameters: parameters, moments: moments, squares: squares)
        curve = TrainingCurve(
            losses: losses, accuracies: hits, loss: progress[1], hits: progress[2], pictures: pictures)
    }

    init(state: HeadState, curve: TrainingCurve, best: ConceptMapTraining.Best? = nil) {
        self.state = state
        self.curve = curve
        self.best = best
    }

    /// Whole or not at all.
    func write(folder: String, run: [String: String]) throws {
        var tensors: [(String, [Double])] = [
            ("parameters", state.parameters), ("moments", state.moments), ("squares", state.squares),
            ("losses", curve.losses), ("accuracies", curve.accuracies),
            ("progress", [Double(state.step), curve.loss, curve.hits, Double(curve.pictures)]),
        ]
        if let best { tensors += [("best", best.rows), ("best_loss", [best.loss])] }
        let writer = try SafetensorsWriter(
            path: folder + "/" + Self.name, tensors: tensors.map { .init($0.0, .float64, shape: [$0.1.count]) },
            metadata: run)
        for (name, values) in tensors { try writer.append(doubles: values, to: name) }
        try writer.finish()
    }
}
