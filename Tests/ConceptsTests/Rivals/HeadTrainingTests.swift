import Inference
import Testing

@testable import Concepts

/// Trained heads against `tools/golden/rivals.py`, and against differences of their own losses.
@Suite struct HeadTrainingTests {
    @Test(arguments: try HeadCase.all()) func beginsAndTurnsAsTheReferenceDoes(_ golden: HeadCase) {
        let training = golden.training()
        expectClose(training.state.parameters, golden.start, tolerance: 1e-15)
        #expect(training.steps == golden.steps)
        let examples = golden.batch(of: training)
        let work = training.work
        let sums = work.sums(of: examples)
        expectClose(work.pass.gradient(of: sums, count: examples.count), golden.gradient, tolerance: 1e-9)
        expectClose([sums.loss / Double(examples.count)], [golden.losses[0]], tolerance: 1e-12)
    }

    @Test(arguments: try HeadCase.all()) func isWhereTheReferenceIsAfterFiftySteps(_ golden: HeadCase) {
        var training = golden.training()
        let losses = (0..<50).map { _ in golden.descend(&training).loss }
        expectClose(losses, golden.losses, tolerance: 1e-6)
        expectClose(training.state.parameters, golden.trained, tolerance: 1e-4)
        // It went somewhere.
        #expect(zip(golden.start, golden.trained).contains { ($0 - $1).magnitude > 0.05 })
    }

    /// Of `mm_protosim`, whose forward pass has steps, autograd alone is asked.
    @Test(arguments: try HeadCase.all().filter { $0.method != .mmProtoSim })
    func hasTheGradientOfItsLoss(_ golden: HeadCase) {
        var training = golden.training()
        for _ in 0..<3 { _ = golden.descend(&training) }
        let examples = golden.batch(of: training)
        func loss(_ parameters: [Double]) -> Double {
            let moved = HeadState(
                step: training.state.step, parameters: parameters, moments: training.state.moments,
                squares: training.state.squares)
            return golden.training(moved).work.sums(of: examples).loss / Double(examples.count)
        }
        let work = training.work
        let gradient = work.pass.gradient(of: work.sums(of: examples), count: examples.count)
        let width = 1e-5
        for tensor in golden.shape.tensors {
            let places = [tensor.range.lowerBound, (tensor.range.lowerBound + tensor.range.upperBound) / 2]
            for place in places {
                var (above, below) = (training.state.parameters, training.state.parameters)
                above[place] += width
                below[place] -= width
                let difference = (loss(above) - loss(below)) / (2 * width)
                expectClose([gradient[place]], [difference], tolerance: 1e-8, "\(tensor.name) at \(place)")
            }
        }
    }

    @Test(arguments: try HeadCase.all()) func goesOnWhereItWasInterrupted(_ golden: HeadCase) {
        var whole = golden.training()
        var states: [HeadState] = []
        for _ in 0..<9 {
            states.append(whole.state)
            _ = golden.descend(&whole)
        }
        for state in states {
            var resumed = golden.training(state)
            while resumed.state.step < 9 { _ = golden.descend(&resumed) }
            #expect(resumed.state == whole.state, "from step \(state.step)")
        }
    }

    @Test func endsAfterItsEpochs() throws {
        let golden = try HeadCase.all()[1]
        var training = golden.training()
        var places: [Int] = []
        while !training.isDone {
            places.append(training.nextBatch.places.count)
            _ = golden.descend(&training)
        }
        #expect(places.reduce(0, +) == golden.pictures * golden.epochs)
        #expect(training.order(ofEpoch: 3).sorted() == Array(0..<golden.pictures))
        #expect(training.order(ofEpoch: 3) != training.order(ofEpoch: 4))
        let rates = [0, 60].map { golden.settings.rate(at: $0, of: 60) }
        expectClose(rates, [golden.rate, golden.final_rate], tolerance: 1e-15)
    }

    @Test func saysWhatIsWrongWithSettings() {
        var settings = HeadSettings()
        #expect(settings.problems.isEmpty)
        settings.epochs = 0
        settings.batch = -1
        settings.rate = .nan
        settings.finalRate = -1
        settings.width = 0
        settings.temperature = 0
        settings.block = 0
        settings.drop = 1
        let options = ["epochs", "batch", "rate", "final-rate", "width", "temperature", "block", "drop"]
        #expect(settings.problems.count == options.count)
        for (option, problem) in zip(options, settings.problems) { #expect(problem.hasPrefix("--\(option) is ")) }
    }
}
