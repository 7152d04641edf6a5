import Analyzing
import Concepts
import Foundation
import Inference
import Testbed
import Testing
import Threads

@testable import Entente

/// Training over features on disk: the same bits whatever the lanes and however often it is interrupted.
@Suite struct TrainingRunTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private static let shape = HeadShape(
        method: .mmCBM, concepts: 6, textWidth: 5, patchWidth: 4, classes: 3, width: 8, gridHeight: 2, gridWidth: 3)

    private static var settings: HeadSettings {
        var settings = HeadSettings()
        (settings.epochs, settings.batch, settings.rate, settings.width) = (4, 10, 0.01, 8)
        return settings
    }

    /// 25 pictures, as ``FeatureCache`` keeps them.
    private func cache(key: String = "k") throws -> FeatureCache? {
        let path = scratch("features.safetensors")
        let count = 25
        let writer = try SafetensorsWriter(
            path: path,
            tensors: [
                .init("labels", .int32, shape: [count]), .init("hashes", .int32, shape: [count, 8]),
                .init("features", shape: [count, Self.shape.patches, Self.shape.patchWidth]),
            ], metadata: ["key": "k"])
        try writer.append((0..<count).map { Int32($0 % 3) }, to: "labels")
        try writer.append((0..<count * 8).map { Int32($0) }, to: "hashes")
        let size = Self.shape.patches * Self.shape.patchWidth
        let values = (0..<count * size).map { (place: Int) -> Float in
            let noise = Float((place * 7919) % 101) / 50
            return noise + Float(place / size % 3)
        }
        try writer.append(values, to: "features")
        try writer.finish()
        return try FeatureCache(path: path, key: key)
    }

    private func training(_ state: HeadState? = nil) -> HeadTraining {
        HeadTraining(
            Self.shape, settings: Self.settings, pictures: 25,
            texts: Matrix(rows: 6, columns: 5, elements: (0..<30).map { Float(($0 * 31) % 17) - 8 }), state: state)
    }

    private func run(lanes: Int, _ folder: String, _ stop: StopSignal = StopSignal()) throws -> TrainingRun {
        TrainingRun(
            cache: try #require(try cache()), lanes: lanes, folder: try scratch.makeFolder(folder),
            identity: ["run": folder], stop: stop)
    }

    @Test func lanesChangeNothing() throws {
        var states: [HeadState] = []
        for lanes in [1, 2, 5] {
            var (training, curve) = (training(), TrainingCurve())
            let outcome = try run(lanes: lanes, "lanes").run(&training, &curve) { _ in }
            guard case .done = outcome else {
                Issue.record("not done")
                return
            }
            #expect(training.isDone && curve.losses.count == 4)
            #expect(curve.losses[3] < curve.losses[0])
            states.append(training.state)
        }
        #expect(states[0] == states[1] && states[0] == states[2])
    }

    @Test func interruptedAndResumedIsUndisturbed() throws {
        var (whole, wholeCurve) = (training(), TrainingCurve())
        _ = try run(lanes: 2, "whole").run(&whole, &wholeCurve) { _ in }

        var starts = 0
        var (state, curve): (HeadState?, TrainingCurve) = (nil, TrainingCurve())
        while starts < 20 {
            starts += 1
            let stop = StopSignal()
            if starts == 1 { stop.request() }
            let run = try run(lanes: starts, "parts", stop)
            var training = training(state)
            // Ended after each epoch, and once before the first step.
            let outcome = try run.run(&training, &curve) { _ in stop.request() }
            let checkpoint = try #require(
                try TrainingCheckpoint(folder: run.folder, run: run.identity, count: Self.shape.count))
            #expect(checkpoint.state == training.state && checkpoint.curve == curve)
            (state, curve) = (checkpoint.state, checkpoint.curve)
            if case .done = outcome { break }
        }
        #expect(starts == 5 && state == whole.state && curve == wholeCurve)
    }

    @Test func anotherRunsCheckpointIsRefused() throws {
        let folder = try scratch.makeFolder("run")
        #expect(try TrainingCheckpoint(folder: folder, run: [:], count: Self.shape.count) == nil)
        try TrainingCheckpoint(state: training().state, curve: TrainingCurve())
            .write(folder: folder, run: ["settings": "a", "pictures": "25"])
        let refusal = #expect(throws: CommandFailure.self) {
            try TrainingCheckpoint(
                folder: folder, run: ["settings": "b", "pictures": "25"], count: Self.shape.count)
        }
        #expect("\(refusal!)".contains("of another run: its settings differs"))
        let damaged = #expect(throws: CommandFailure.self) {
            try TrainingCheckpoint(folder: folder, run: ["pictures": "25"], count: 3)
        }
        #expect("\(damaged!)".contains("is damaged"))
    }

    @Test func featuresOfOtherPicturesAreMadeAnew() throws {
        #expect(try cache(key: "other") == nil)
        let cache = try #require(try cache())
        #expect(cache.labels.count == 25 && cache.patches == 6 && cache.width == 4)
        #expect(try cache.features(24).elements.count == 24)
        #expect(throws: InferenceError.self) { try cache.features(25) }
    }

    @Test func aCurveSaysWhetherItHasSettled() {
        func curve(_ losses: [Double]) -> TrainingCurve {
            TrainingCurve(losses: losses, accuracies: losses, loss: 0, hits: 0, pictures: 0)
        }
        #expect(curve([3, 2, 1]).lastFall == nil)
        #expect(curve((0..<10).map { 10 - Double($0) }).lastFall == 1.0 / 9)
        #expect(curve([10] + [Double](repeating: 1, count: 9)).lastFall == 0)
        #expect(curve([Double](repeating: 2, count: 10)).lastFall == 0)
    }
}
