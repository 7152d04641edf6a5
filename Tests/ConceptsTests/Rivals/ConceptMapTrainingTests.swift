import Inference
import Testing

@testable import Concepts

/// EZPC's map as it is trained, against its released code by `tools/golden/ezpc.py`, and against differences of its own loss.
@Suite struct ConceptMapTrainingTests {
    struct Case: Decodable {
        let descriptors: [Float], classes: [Float], images: [Float]
        let width: Int, epochs: Int
        let weight: Double, rate: Double
        let gradient: [Double], losses: [Double], trained: [Double], best: [Double]

        func matrix(_ elements: [Float]) -> Matrix {
            Matrix(rows: elements.count / width, columns: width, elements: elements)
        }

        func training(
            _ state: HeadState? = nil, _ best: ConceptMapTraining.Best? = nil
        ) -> ConceptMapTraining {
            var settings = ConceptMapSettings()
            (settings.epochs, settings.rate, settings.weight) = (epochs, rate, weight)
            return ConceptMapTraining(
                descriptors: matrix(descriptors), classes: matrix(classes), settings: settings,
                pictures: images.count / width, state: state, best: best)
        }

        /// One step, its pictures in chunks as they would come from lanes.
        func descend(_ training: inout ConceptMapTraining) -> ConceptMapTraining.Step {
            let work = training.work
            let parts = stride(from: 0, to: images.count, by: 3 * width).map {
                work.sums(of: matrix(Array(images[$0..<min($0 + 3 * width, images.count)])))
            }
            return training.descend(work, parts)
        }
    }

    private static func cases() throws -> [Case] { try Golden.cases("trained_maps", in: "rivals") }

    @Test func goesWhereTheReleasedCodeGoes() throws {
        for (number, golden) in try Self.cases().enumerated() {
            var training = golden.training()
            let sums = training.work.sums(of: golden.matrix(golden.images))
            expectClose(training.gradient(of: sums), golden.gradient, tolerance: 1e-9, "case \(number)")
            let losses = (0..<golden.epochs).map { _ in golden.descend(&training).loss }
            expectClose(losses, golden.losses, tolerance: 1e-6, "case \(number)")
            expectClose(training.state.parameters, golden.trained, tolerance: 1e-4, "case \(number)")
            let best = try #require(training.best)
            expectClose(best.rows, golden.best, tolerance: 1e-4, "case \(number)")
            #expect(best.loss == losses.min() && training.isDone)
        }
    }

    @Test func hasTheGradientOfItsLoss() throws {
        for golden in try Self.cases() {
            var training = golden.training()
            for _ in 0..<3 { _ = golden.descend(&training) }
            let images = golden.matrix(golden.images)
            func loss(_ parameters: [Double]) -> Double {
                let zeros = [Double](repeating: 0, count: parameters.count)
                let moved = golden.training(
                    HeadState(step: 0, parameters: parameters, moments: zeros, squares: zeros))
                return moved.loss(of: moved.work.sums(of: images))
            }
            let gradient = training.gradient(of: training.work.sums(of: images))
            let width = 1e-5
            for place in gradient.indices {
                var (above, below) = (training.state.parameters, training.state.parameters)
                above[place] += width
                below[place] -= width
                let difference = (loss(above) - loss(below)) / (2 * width)
                expectClose([gradient[place]], [difference], tolerance: 1e-7, "at \(place)")
            }
        }
    }

    @Test func goesOnWhereItWasInterrupted() throws {
        let golden = try #require(try Self.cases().last)
        var whole = golden.training()
        var states: [(HeadState, ConceptMapTraining.Best?)] = []
        while !whole.isDone {
            states.append((whole.state, whole.best))
            _ = golden.descend(&whole)
        }
        for (state, best) in states.suffix(9) {
            var resumed = golden.training(state, best)
            while !resumed.isDone { _ = golden.descend(&resumed) }
            #expect(resumed.state == whole.state && resumed.best == whole.best, "from step \(state.step)")
        }
        // Steps that do not settle end elsewhere than at the map that is kept.
        #expect(whole.best?.rows != whole.state.parameters)
    }

    @Test func saysWhatIsWrongWithSettings() {
        var settings = ConceptMapSettings()
        #expect(settings.problems.isEmpty)
        (settings.epochs, settings.rate, settings.weight) = (0, -1, .nan)
        #expect(settings.problems.count == 3)
        for (option, problem) in zip(["epochs", "rate", "weight"], settings.problems) {
            #expect(problem.hasPrefix("--\(option) is "))
        }
    }
}
