import Testing

@testable import Concepts

@Suite struct TransportTests {
    struct Case: Decodable {
        let rows: Int, columns: Int, iterations: Int
        let lambda: Double
        let scores: [Float]
        let plan: [Double]
    }

    @Test func planIsSinkhornsInLogarithms() throws {
        let cases: [Case] = try Golden.cases("transports")
        for (number, golden) in cases.enumerated() {
            let plan = Transport(lambda: golden.lambda, iterations: golden.iterations)
                .plan(scores: golden.scores.map(Double.init), rows: golden.rows, columns: golden.columns)
            expectClose(plan, golden.plan, tolerance: 1e-10, "case \(number)")
        }
    }

    @Test func methodsVector() {
        let logits = [0.30, 0.25, 0.20, 0.28, 0.27, 0.22]
        let plan = Transport(lambda: 1, iterations: 1000).plan(scores: logits.map { 2.5 * $0 }, rows: 2, columns: 3)
        expectClose(
            plan, [0.516662, 0.491669, 0.491669, 0.483338, 0.508331, 0.508331], tolerance: 5e-7)
    }

    @Test(arguments: [1.0, 0.1, 0.01, 0.001])
    func columnsSumToOneAndRowsToTheirShare(lambda: Double) {
        var generator = SplitMix64(seed: 3)
        let scores = (0..<4 * 30).map { _ in Double.random(in: 0...1, using: &generator) }
        let plan = Transport(lambda: lambda, iterations: 1000).plan(scores: scores, rows: 4, columns: 30)
        for column in 0..<30 {
            expectClose([(0..<4).reduce(0) { $0 + plan[$1 * 30 + column] }], [1], tolerance: 1e-9)
        }
        guard lambda >= 0.1 else { return }
        for row in 0..<4 { expectClose([plan[row * 30..<(row + 1) * 30].reduce(0, +)], [7.5], tolerance: 1e-9) }
    }

    @Test func scoresMayBeShifted() {
        let scores = [0.1, 0.7, 0.3, 0.4, 0.2, 0.9]
        let transport = Transport(lambda: 0.5, iterations: 100)
        expectClose(
            transport.plan(scores: scores.map { $0 + 5000 }, rows: 2, columns: 3),
            transport.plan(scores: scores, rows: 2, columns: 3), tolerance: 1e-10)
    }

    @Test func oneRowKeepsItsOrder() {
        let plan = Transport(lambda: 1, iterations: 1000).plan(scores: [0.2, 0.5, 0.1], rows: 1, columns: 3)
        #expect(Ranking.top(3, of: plan) == [1, 0, 2])
        expectClose([plan.reduce(0, +)], [1], tolerance: 1e-12)
    }

    @Test(arguments: [1e-307, 1e-300, 1e-8, 1e300])
    func noStrengthLeavesTheNumbers(lambda: Double) {
        let plan = Transport(lambda: lambda, iterations: 50)
            .plan(scores: [0.1, 0.9, 0.3, 0.4, 0.2, 0.95, 0.5, 0.5, 0.5], rows: 3, columns: 3)
        #expect(plan.allSatisfy { $0.isFinite && $0 >= 0 }, "\(plan)")
    }
}
