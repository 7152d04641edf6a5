import Testing

@testable import Concepts

@Suite struct LeastSquaresTests {
    /// Columns of random values, the last one perhaps a sum of others.
    static func columns(_ rows: Int, _ count: Int, isSingular: Bool, seed: UInt64) -> [[Double]] {
        var generator = SplitMix64(seed: seed)
        var columns = (0..<count).map { _ in (0..<rows).map { _ in Double.random(in: -1...1, using: &generator) } }
        if isSingular { columns[count - 1] = (0..<rows).map { columns[0][$0] - 2 * columns[1][$0] } }
        return columns
    }

    static func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

    @Test(arguments: [(3, 3), (5, 5), (6, 5), (40, 5), (301, 3), (997, 5)], [false, true])
    func nothingIsLeftThatColumnsCouldExplain(shape: (Int, Int), isSingular: Bool) {
        let (rows, count) = shape
        let columns = Self.columns(rows, count, isSingular: isSingular, seed: UInt64(rows))
        let system = LeastSquares(rows: rows, columns: count) { columns[$1][$0] }
        let solution = system.solution(rightSide: 7)
        let residual = (0..<rows).map { row in 7 - (0..<count).reduce(0) { $0 + columns[$1][row] * solution[$1] } }
        for column in columns { #expect(Self.product(column, residual).magnitude < 1e-9 * Double(rows)) }
        #expect((system.smallestSingularValue < 1e-12 * system.largestSingularValue) == isSingular)
        // The shortest: nothing along what the columns don't tell apart.
        if isSingular {
            #expect((solution[0] - 2 * solution[1] - solution[count - 1]).magnitude < 1e-9)
        }
    }

    @Test func singularValuesAreThoseOfTheGramMatrix() {
        let columns = Self.columns(50, 3, isSingular: false, seed: 5)
        let system = LeastSquares(rows: 50, columns: 3) { columns[$1][$0] }
        func gram(_ a: Int, _ b: Int) -> Double { Self.product(columns[a], columns[b]) }
        /// Of the Gram matrix less `value` on its diagonal.
        func determinant(_ value: Double) -> Double {
            let (a, b, c) = (gram(0, 0) - value, gram(1, 1) - value, gram(2, 2) - value)
            let (d, e, f) = (gram(0, 1), gram(0, 2), gram(1, 2))
            return a * b * c + 2 * d * e * f - a * f * f - b * e * e - c * d * d
        }
        for value in [system.largestSingularValue, system.smallestSingularValue] {
            #expect(determinant(value * value).magnitude < 1e-9 * determinant(0))
        }
    }
}
