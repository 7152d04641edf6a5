import CKernels
import Foundation
import Testing

@testable import Inference

/// Products over int8 and bfloat16 in every variant that this CPU runs, against plain loops.
@Suite struct NarrowProductTests {
    struct Variant: CustomTestStringConvertible, @unchecked Sendable {
        // A table of C functions that never changes.
        let packing: entente_packing
        var testDescription: String { String(cString: packing.name) }

        static func all(_ variant: (Int32) -> UnsafePointer<entente_packing>?) -> [Variant] {
            (0..<5).compactMap { (index: Int) -> Variant? in
                variant(Int32(index)).map { Variant(packing: $0.pointee) }
            }
        }

        static let int8 = all(entente_int8_variant)
        static let bfloat16 = all(entente_bfloat16_variant)
    }

    static func product(
        _ packing: entente_packing, _ input: [Float], _ weights: [Float], rows: Int, inner: Int, columns: Int,
        bias: [Float] = [], addend: [Float]? = nil, activation: Int = Int(ENTENTE_PLAIN), factors: [Float] = []
    ) -> [Float] {
        KernelProduct(
            rows: rows, inner: inner, columns: columns, bias: bias, addend: addend, activation: activation,
            factors: factors
        ).run(
            input, weights, panelColumns: packing.panel_columns, panelSize: packing.panel_size(inner),
            pack: packing.pack, multiply: packing.product)
    }

    /// What a row or a column is stored as: value = scale * (number - zero).
    struct Grid {
        var scale: Float
        var zero = 0
        var numbers: [Int]

        init(row: [Float]) {
            let (low, high) = (row.reduce(0, Swift.min), row.reduce(0, Swift.max))
            let range = high - low
            let inverse: Float = range == 0 ? 0 : 255 / range
            let zero = Int((-low * inverse).rounded(.toNearestOrEven))
            scale = range / 255
            self.zero = zero
            numbers = row.map { Swift.min(255, Swift.max(0, Int(($0 * inverse).rounded(.toNearestOrEven)) + zero)) }
        }

        init(weights: [Float]) {
            let most = weights.map(abs).max() ?? 0
            let inverse: Float = most == 0 ? 0 : 127 / most
            scale = most / 127
            numbers = weights.map { Int(($0 * inverse).rounded(.toNearestOrEven)) }
        }
    }

    private static func slices(_ values: [Float], of count: Int) -> [[Float]] {
        stride(from: 0, to: values.count, by: count).map { Array(values[$0..<$0 + count]) }
    }

    /// Sums in whole numbers, then one multiplication after the other: the same bits, whatever computes them.
    @Test(arguments: Variant.int8, PackedLayerTests.cases)
    func wholeNumbersGiveTheSameBits(variant: Variant, shape: PackedLayerTests.Case) {
        var generator = SeededGenerator(seed: 61)
        let (rows, inner, columns) = (shape.rows, shape.inner, shape.columns)
        // Of both signs, of one, and all but nothing; some columns are zero.
        let input = generator.floats(rows * inner).enumerated().map { (place: Int, value: Float) -> Float in
            switch place / inner % 4 {
            case 1: abs(value) * 300
            case 2: -abs(value) * 1e-6
            default: value + 0.1
            }
        }
        let weights = generator.floats(columns * inner).enumerated().map { (place: Int, value: Float) -> Float in
            place / inner % 7 == 3 ? 0 : value * Float(1 + place / inner)
        }
        let (bias, addend) = (generator.floats(columns), generator.floats(rows * columns))
        let left = Self.slices(input, of: inner).map(Grid.init(row:))
        let right = Self.slices(weights, of: inner).map(Grid.init(weights:))
        let expected = (0..<rows * columns).map { (place: Int) -> Float in
            let (row, column) = (left[place / columns], right[place % columns])
            var sum = 0
            for k in 0..<inner { sum += (row.numbers[k] - row.zero) * column.numbers[k] }
            let value = Float(sum) * row.scale * column.scale
            return value + bias[place % columns] + addend[place]
        }
        let out = Self.product(
            variant.packing, input, weights, rows: rows, inner: inner, columns: columns, bias: bias, addend: addend)
        #expect(out.map(\.bitPattern) == expected.map(\.bitPattern))
    }

    /// The same as of rows that were multiplied before, to the end of widths that are no whole vectors.
    @Test(arguments: Variant.int8) func factorsAreThoseOfTheRow(variant: Variant) {
        var generator = SeededGenerator(seed: 69)
        for inner in [1, 15, 16, 21, 64, 97] {
            let (rows, columns) = (9, 20)
            let input = generator.floats(rows * inner)
            let weights = generator.floats(columns * inner)
            let factors = (0..<inner).map { Float(sign: .plus, exponent: $0 % 9 - 4, significand: 1) }
            let multiplied = input.enumerated().map { $1 * factors[$0 % inner] }
            let out = Self.product(
                variant.packing, input, weights, rows: rows, inner: inner, columns: columns, factors: factors)
            let expected = Self.product(
                variant.packing, multiplied, weights, rows: rows, inner: inner, columns: columns)
            #expect(out.map(\.bitPattern) == expected.map(\.bitPattern), "\(inner)")
        }
    }

    /// The most that the widest layer can sum up, either way and changing sides: none of it leaves 32 bits.
    @Test(arguments: Variant.int8) func sumsOfTheWidestLayerFit(variant: Variant) {
        let inner = PackedLayer.widestInt8
        #expect(255 * 127 * inner <= Int(Int32.max))
        let weights =
            [Float](repeating: 1, count: inner) + [Float](repeating: -1, count: inner)
            + (0..<inner).map { $0 < inner / 2 ? 1 : -1 }
        let input =
            [Float](repeating: 1, count: inner) + [Float](repeating: -1, count: inner)
            + (0..<inner).map { $0 < inner / 2 ? 1 : -1 }
        let out = Self.product(variant.packing, input, weights, rows: 3, inner: inner, columns: 3)
        let whole = Float(255 * 127 * inner) * (1.0 / 255) * (1.0 / 127)
        #expect(out[0] == whole && out[1] == -whole && out[3] == -whole && out[4] == whole)
        #expect(out[2] == 0 && out[5] == 0)
        // Of the last row 0 lies between its numbers 127 and 128.
        let last = Grid(row: Array(input[2 * inner..<3 * inner]))
        let halves = (last.numbers[0] - last.zero, last.numbers[inner - 1] - last.zero)
        #expect(out[8] == Float((halves.0 - halves.1) * 127 * inner / 2) * last.scale * (1.0 / 127))
        #expect(abs(out[8] / Float(inner) - 1) < 0.005)
    }

    /// So many multiply-adds a step as the registers of an instruction hold, of the widest numbers that it takes.
    @Test func registersAloneDoWhatTheySay() {
        let done = [
            "vnni-avx512": 64, "vnni-avx2": 32, "int8-avx512": 32, "int8-avx2": 16, "dpbf16-avx512": 32,
        ]
        for variant in Variant.int8 + Variant.bfloat16 {
            let spun = variant.packing.spin?(1000)
            #expect(spun == done[variant.testDescription].map { UInt64($0 * 12 * 1000) }, "\(variant)")
        }
        #expect(KernelSet.spin(.fp32, steps: 1) == nil)
        #expect(KernelSet.spin(.int8, steps: 3) == RowKernels.packing(.int8).spin.map { Int($0(3)) })
    }

    @Test(arguments: Variant.int8 + Variant.bfloat16)
    func aRowDoesNotDependOnItsNeighbours(variant: Variant) {
        var generator = SeededGenerator(seed: 62)
        let (rows, inner, columns) = (45, 97, 70)
        let input = generator.floats(rows * inner)
        let weights = generator.floats(columns * inner)
        let together = Self.product(
            variant.packing, input, weights, rows: rows, inner: inner, columns: columns, activation: Int(ENTENTE_GELU))
        for count in 1...17 {
            let first = rows - count
            let alone = Self.product(
                variant.packing, Array(input[first * inner..<rows * inner]), weights, rows: count, inner: inner,
                columns: columns, activation: Int(ENTENTE_GELU))
            let same = alone == Array(together[first * columns..<rows * columns])
            #expect(same, "\(count) rows")
        }
    }

    /// Numbers look like numbers once they are whole: what isn't one must come through, and stay in its row.
    @Test(arguments: Variant.int8 + Variant.bfloat16, [Float.nan, -.nan, .infinity, -.infinity])
    func whatIsNotFiniteComesThrough(variant: Variant, value: Float) {
        var generator = SeededGenerator(seed: 63)
        for (inner, place) in [(1, 0), (16, 15), (21, 20), (40, 3)] {
            var input = generator.floats(3 * inner)
            input[inner + place] = value
            let weights = generator.floats(18 * inner).map { $0 + 2 }
            let out = Self.product(variant.packing, input, weights, rows: 3, inner: inner, columns: 18)
            for column in 0..<18 {
                #expect(out[column].isFinite && !out[18 + column].isFinite && out[36 + column].isFinite)
            }
        }
    }

    /// Each activation behind sums of either kind is the one that floats get.
    @Test(arguments: Variant.int8 + Variant.bfloat16)
    func activationsAreThoseOfFloats(variant: Variant) {
        let x = (0..<256).map { Float($0) / 16 - 8 }
        // A row of one value is on its grid, and has no more digits than a bfloat16.
        let ones = [Float](repeating: 1, count: 16)
        func run(_ activation: Int) -> [Float] {
            let out = Self.product(
                variant.packing, x, ones, rows: x.count, inner: 1, columns: 16, activation: activation)
            return x.indices.map { out[16 * $0 + 15] }
        }
        func near(_ actual: [Float], _ expected: (Double) -> Double) -> Bool {
            zip(actual, x).allSatisfy { abs(Double($0) - expected(Double($1))) < 1e-5 }
        }
        #expect(near(run(Int(ENTENTE_PLAIN)), { $0 }))
        #expect(near(run(Int(ENTENTE_RECTIFIED)), { max($0, 0) }))
        #expect(near(run(Int(ENTENTE_GELU)), { $0 / 2 * (1 + erf($0 / 2.0.squareRoot())) }))
        #expect(near(run(Int(ENTENTE_QUICK_GELU)), { $0 / (1 + exp(-1.702 * $0)) }))
        let tanhGelu = { (x: Double) in x / 2 * (1 + tanh((2 / .pi).squareRoot() * (x + 0.044715 * x * x * x))) }
        #expect(near(run(Int(ENTENTE_TANH_GELU)), tanhGelu))
    }

    private static func rounded(_ value: Float) -> Float {
        let bits = value.bitPattern
        let (whole, rest) = (bits & 0xffff_0000, bits & 0xffff)
        let up = rest > 0x8000 || (rest == 0x8000 && whole & 0x1_0000 != 0)
        return Float(bitPattern: up ? whole + 0x1_0000 : whole)
    }

    /// Ties to even, on either side, of values and of weights.
    @Test(arguments: Variant.bfloat16) func valuesAreRoundedToNearest(variant: Variant) {
        var generator = SeededGenerator(seed: 64)
        let ties: [UInt32] = [
            0x3f80_8000, 0x3f81_8000, 0x3f81_7fff, 0x3f80_8001, 0xbf80_8000, 0xbf81_8000, 0x7f7f_7fff,
        ]
        let values = ties.map { Float(bitPattern: $0) } + generator.floats(41, scale: 1e3)
        let ones = [Float](repeating: 1, count: 64)
        let rows = Self.product(variant.packing, values, ones, rows: values.count, inner: 1, columns: 64)
        #expect(rows == values.flatMap { [Float](repeating: Self.rounded($0), count: 64) })
        let columns = Self.product(variant.packing, [1], values, rows: 1, inner: 1, columns: values.count)
        #expect(columns == values.map(Self.rounded))
    }

    @Test(arguments: Variant.bfloat16, PackedLayerTests.cases)
    func productsOfRoundedValuesAreSums(variant: Variant, shape: PackedLayerTests.Case) {
        var generator = SeededGenerator(seed: 65)
        let (rows, inner, columns) = (shape.rows, shape.inner, shape.columns)
        let input = generator.floats(rows * inner)
        let weights = generator.floats(columns * inner)
        let (bias, addend) = (generator.floats(columns), generator.floats(rows * columns))
        let (left, right) = (input.map(Self.rounded), weights.map(Self.rounded))
        let out = Self.product(
            variant.packing, input, weights, rows: rows, inner: inner, columns: columns, bias: bias, addend: addend)
        let bound = 6e-8 * Double(inner) + 2e-6
        for place in out.indices {
            var sum = Double(bias[place % columns]) + Double(addend[place])
            for k in 0..<inner {
                sum += Double(left[place / columns * inner + k]) * Double(right[place % columns * inner + k])
            }
            guard abs(Double(out[place]) - sum) <= bound else {
                Issue.record("\(out[place]) at \(place), not \(sum)")
                return
            }
        }
    }

    /// Beyond the width at which sums are known to fit, a layer is one of floats.
    @Test func aWiderLayerIsOfFloats() {
        let inputs = PackedLayer.widestInt8 + 1
        var generator = SeededGenerator(seed: 66)
        let (weights, input) = (generator.floats(inputs), generator.floats(inputs))
        func run(_ precision: Precision) -> Float {
            let layer = PackedLayer(weights: weights, bias: [], inputs: inputs, outputs: 1, precision: precision)
            let (out, scratch) = (ScratchBuffer(count: 1), ScratchBuffer(count: layer.scratchFloats))
            layer.apply(input, rows: 1, into: out.base, scratch: scratch.base)
            return out.base[0]
        }
        #expect(run(.int8) == run(.fp32))
    }

    /// Ranges of columns begin within panels of whatever width.
    @Test(arguments: Precision.allCases) func someColumnsAreThoseOfAll(precision: Precision) {
        var generator = SeededGenerator(seed: 67)
        let (inputs, outputs, rows) = (40, 150, 5)
        let layer = PackedLayer(
            weights: generator.floats(inputs * outputs), bias: generator.floats(outputs), inputs: inputs,
            outputs: outputs, precision: precision)
        let input = generator.floats(rows * inputs)
        let scratch = ScratchBuffer(count: layer.scratchFloats)
        let (all, some) = (ScratchBuffer(count: rows * outputs), ScratchBuffer(count: rows * outputs))
        layer.apply(input, rows: rows, into: all.base, scratch: scratch.base)
        for columns in [0..<50, 50..<150, 100..<101, 149..<150] {
            layer.apply(input, rows: rows, columns: columns, into: some.base, scratch: scratch.base)
            for row in 0..<rows {
                for column in columns {
                    #expect(some.base[row * outputs + column] == all.base[row * outputs + column])
                }
            }
        }
    }
}
