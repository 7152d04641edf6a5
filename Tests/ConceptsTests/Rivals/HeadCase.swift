import Inference
import Testing

@testable import Concepts

/// A head with its pictures, as `tools/golden/rivals.py` trained it.
struct HeadCase: Decodable {
    struct Explained: Decodable {
        let label: Int
        let descriptors: [Int]
        let importances: [Double]
        let patches: [[Int]]
    }

    let method: PartMethod
    let concepts: Int, text_width: Int, patch_width: Int, classes: Int, width: Int
    let grid: [Int]
    let pictures: Int, batch: Int, epochs: Int
    let rate: Double, final_rate: Double, temperature: Double
    let block: Int
    let drop: Double
    let seed: Int, steps: Int
    let start: [Double], gradient: [Double], losses: [Double], trained: [Double]
    let texts: [Float], features: [Float]
    let labels: [Int]
    let targets: [[Int]]
    let explained: [Explained]

    static func all() throws -> [HeadCase] { try Golden.cases("heads", in: "rivals") }

    var shape: HeadShape {
        HeadShape(
            method: method, concepts: concepts, textWidth: text_width, patchWidth: patch_width, classes: classes,
            width: width, gridHeight: grid[0], gridWidth: grid[1])
    }

    var settings: HeadSettings {
        var settings = HeadSettings()
        settings.epochs = epochs
        settings.batch = batch
        settings.rate = rate
        settings.finalRate = final_rate
        settings.width = width
        settings.temperature = temperature
        settings.block = block
        settings.drop = drop
        settings.seed = seed
        return settings
    }

    var textMatrix: Matrix { Matrix(rows: concepts, columns: text_width, elements: texts) }

    func picture(_ index: Int) -> Matrix {
        let size = shape.patches * patch_width
        return Matrix(
            rows: shape.patches, columns: patch_width,
            elements: Array(features[index * size..<(index + 1) * size]))
    }

    func training(_ state: HeadState? = nil) -> HeadTraining {
        HeadTraining(
            shape, settings: settings, pictures: pictures, texts: textMatrix, targets: targets, state: state)
    }

    /// The pictures of the step that `training` is about to take.
    func batch(of training: HeadTraining) -> [HeadExample] {
        let next = training.nextBatch
        return training.order(ofEpoch: next.epoch)[next.places].enumerated().map { place, index in
            HeadExample(features: picture(index), label: labels[index], place: place)
        }
    }

    /// One step, its pictures in chunks as they would come from lanes.
    func descend(_ training: inout HeadTraining) -> HeadTraining.Step {
        let examples = batch(of: training)
        let work = training.work
        let parts = stride(from: 0, to: examples.count, by: 3).map {
            work.sums(of: Array(examples[$0..<min($0 + 3, examples.count)]))
        }
        return training.descend(work, parts, count: examples.count)
    }
}

extension HeadCase: CustomTestStringConvertible {
    var testDescription: String { "\(method.rawValue), seed \(seed)" }
}
