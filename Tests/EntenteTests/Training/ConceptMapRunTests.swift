import Concepts
import Foundation
import Inference
import Testbed
import Testing
import Threads

@testable import Entente

/// EZPC's training over embeddings on disk: the same bits whatever the lanes and however often it is interrupted.
@Suite struct ConceptMapRunTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    /// More than two chunks of pictures.
    private static let pictures = 2 * ConceptMapTraining.chunk + 41
    private static let (concepts, classes, width) = (7, 4, 5)

    private static func numbers(_ rows: Int, _ factor: Int) -> Matrix {
        Matrix(
            rows: rows, columns: width,
            elements: (0..<rows * width).map { (place: Int) -> Float in Float((place * factor) % 103) - 51 })
    }

    private func cache() throws -> FeatureCache {
        let path = scratch("embeddings.safetensors")
        let writer = try SafetensorsWriter(
            path: path,
            tensors: [
                .init("labels", .int32, shape: [Self.pictures]), .init("hashes", .int32, shape: [Self.pictures, 8]),
                .init("features", shape: [Self.pictures, 1, Self.width]),
            ], metadata: ["key": "k"])
        try writer.append((0..<Self.pictures).map { Int32($0 % 4) }, to: "labels")
        try writer.append((0..<Self.pictures * 8).map { Int32($0) }, to: "hashes")
        try writer.append(Self.numbers(Self.pictures, 37).elements, to: "features")
        try writer.finish()
        return try #require(try FeatureCache(path: path, key: "k"))
    }

    private func training(_ checkpoint: TrainingCheckpoint? = nil) -> ConceptMapTraining {
        var settings = ConceptMapSettings()
        (settings.epochs, settings.weight, settings.rate) = (6, 30, 0.3)
        return ConceptMapTraining(
            descriptors: Self.numbers(Self.concepts, 29), classes: Self.numbers(Self.classes, 61), settings: settings,
            pictures: Self.pictures, state: checkpoint?.state, best: checkpoint?.best)
    }

    private func run(lanes: Int, _ folder: String, _ stop: StopSignal = StopSignal()) throws -> ConceptMapRun {
        ConceptMapRun(
            cache: try cache(), lanes: lanes, folder: try scratch.makeFolder(folder), identity: ["run": folder],
            stop: stop)
    }

    @Test func neitherLanesNorInterruptionsChangeAnything() throws {
        var (whole, wholeCurve) = (training(), TrainingCurve())
        guard case .done = try run(lanes: 1, "whole").run(&whole, &wholeCurve, onStep: { _ in }) else {
            Issue.record("not done")
            return
        }
        #expect(whole.isDone && wholeCurve.losses.count == 6 && whole.best?.loss == wholeCurve.losses.min())

        var starts = 0
        while starts < 20 {
            starts += 1
            let stop = StopSignal()
            let run = try run(lanes: starts, "parts", stop)
            let before = try TrainingCheckpoint(
                folder: run.folder, run: run.identity, count: Self.concepts * Self.width)
            var (training, curve) = (training(before), before?.curve ?? TrainingCurve())
            // Ended after each step.
            guard case .done = try run.run(&training, &curve, onStep: { _ in stop.request() }) else { continue }
            #expect(training.state == whole.state && training.best == whole.best && curve == wholeCurve)
            break
        }
        #expect(starts == 6)
    }
}
