import CKernels
import Foundation
import Testing

@testable import Inference

/// The packed products in every variant that this CPU runs, against plain sums in double precision.
@Suite struct PackedLayerTests {
    struct Case: CustomTestStringConvertible {
        let rows: Int
        let inner: Int
        let columns: Int
        var testDescription: String { "[\(rows), \(inner)] · [\(columns), \(inner)]ᵀ" }
    }

    /// Below, at and above a tile's rows and a panel's columns; rows 4 KiB apart; more rows than a block takes.
    static let cases = [
        Case(rows: 1, inner: 1, columns: 1), Case(rows: 2, inner: 3, columns: 15),
        Case(rows: 6, inner: 27, columns: 16),
        Case(rows: 13, inner: 40, columns: 33), Case(rows: 14, inner: 64, columns: 32),
        Case(rows: 15, inner: 64, columns: 50), Case(rows: 29, inner: 100, columns: 64),
        Case(rows: 31, inner: 1024, columns: 40), Case(rows: 300, inner: 1024, columns: 17),
        Case(rows: 70, inner: 2048, columns: 16),
    ]

    static func product(
        _ kernels: entente_kernels, _ input: [Float], _ weights: [Float], rows: Int, inner: Int, columns: Int,
        bias: [Float] = [], addend: [Float]? = nil, activation: Int = Int(ENTENTE_PLAIN)
    ) -> [Float] {
        KernelProduct(
            rows: rows, inner: inner, columns: columns, bias: bias, addend: addend, activation: activation
        ).run(
            input, weights, panelColumns: kernels.panel_columns,
            panelSize: kernels.panel_columns * inner * MemoryLayout<Float>.stride, pack: kernels.pack,
            multiply: kernels.product)
    }

    @Test(arguments: RowKernelsTests.Variant.all, cases)
    func productsAreSums(variant: RowKernelsTests.Variant, shape: Case) {
        var generator = SeededGenerator(seed: 21)
        let (rows, inner, columns) = (shape.rows, shape.inner, shape.columns)
        let input = generator.floats(rows * inner)
        let weights = generator.floats(columns * inner)
        let (bias, addend) = (generator.floats(columns), generator.floats(rows * columns))
        let sums = (0..<rows * columns).map { index in
            (0..<inner).reduce(0.0) {
                $0 + Double(input[index / columns * inner + $1]) * Double(weights[index % columns * inner + $1])
            }
        }
        // Each term rounds once more, at the size that the sum has grown to.
        let bound = 6e-8 * Double(inner) + 2e-6
        func run(_ bias: [Float], _ addend: [Float]?, _ activation: Int) -> [Float] {
            Self.product(
                variant.kernels, input, weights, rows: rows, inner: inner, columns: columns, bias: bias, addend: addend,
                activation: activation)
        }
        func worst(_ actual: [Float], _ expected: [Double]) -> Double {
            zip(actual, expected).map { $0.isNaN ? .infinity : abs(Double($0) - $1) }.max() ?? .infinity
        }
        #expect(worst(run([], nil, Int(ENTENTE_PLAIN)), sums) <= bound)
        let shifted = sums.indices.map { sums[$0] + Double(bias[$0 % columns]) }
        let residual = shifted.indices.map { shifted[$0] + Double(addend[$0]) }
        #expect(worst(run(bias, addend, Int(ENTENTE_PLAIN)), residual) <= bound)
        #expect(worst(run(bias, addend, Int(ENTENTE_RECTIFIED)), residual.map { max($0, 0) }) <= bound)
        let gelu = shifted.map { $0 / 2 * (1 + erf($0 / 2.0.squareRoot())) }
        #expect(worst(run(bias, nil, Int(ENTENTE_GELU)), gelu) <= bound)
        let quickGelu = shifted.map { $0 / (1 + exp(-1.702 * $0)) }
        #expect(worst(run(bias, nil, Int(ENTENTE_QUICK_GELU)), quickGelu) <= bound)
        let tanhGelu = shifted.map { $0 / 2 * (1 + tanh((2 / .pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0))) }
        #expect(worst(run(bias, nil, Int(ENTENTE_TANH_GELU)), tanhGelu) <= bound)
    }

    /// What makes batches free to share a product: a row's bits are its own.
    @Test(arguments: RowKernelsTests.Variant.all)
    func aRowDoesNotDependOnItsNeighbours(variant: RowKernelsTests.Variant) {
        var generator = SeededGenerator(seed: 22)
        let (rows, inner, columns) = (45, 96, 70)
        let input = generator.floats(rows * inner)
        let weights = generator.floats(columns * inner)
        let together = Self.product(variant.kernels, input, weights, rows: rows, inner: inner, columns: columns)
        for count in 1...17 {
            let first = rows - count
            let alone = Self.product(
                variant.kernels, Array(input[first * inner..<rows * inner]), weights, rows: count, inner: inner,
                columns: columns)
            let same = alone == Array(together[first * columns..<rows * columns])
            #expect(same, "\(count) rows")
        }
    }
}
