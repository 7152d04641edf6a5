import CKernels
import Foundation
import Testing

@testable import Inference

/// Every kernel in every variant that this CPU runs, against a plain loop in double precision, over odd shapes.
@Suite struct RowKernelsTests {
    struct Variant: CustomTestStringConvertible, @unchecked Sendable {
        // A table of C functions that never changes.
        let kernels: entente_kernels
        var testDescription: String { String(cString: kernels.name) }

        /// An activation of each value, out of a product with 1.
        func activated(_ x: [Float], _ activation: Int) -> [Float] {
            let ones = [Float](repeating: 1, count: 16)
            let out = PackedLayerTests.product(
                kernels, x, ones, rows: x.count, inner: 1, columns: 16, activation: activation)
            return x.indices.map { out[16 * $0] }
        }

        static let all = (0..<3).compactMap { index in
            entente_kernels_variant(Int32(index)).map { Variant(kernels: $0.pointee) }
        }
    }

    static let shapes = [
        (1, 1), (3, 2), (2, 15), (5, 16), (4, 17), (7, 31), (3, 33), (2, 48), (13, 100), (3, 257), (2, 768),
    ]

    @Test(arguments: Variant.all)
    func layerNorm(variant: Variant) {
        var generator = SeededGenerator(seed: 1)
        for (rows, columns) in Self.shapes {
            // A common offset, as real residual streams have it; not where two values may be all but equal, which
            // no mean in single precision tells apart.
            let offset: Float = columns < 15 ? 0 : 20
            let x = generator.floats(rows * columns, scale: 3).map { $0 + offset }
            let (gain, bias) = (generator.floats(columns), generator.floats(columns))
            var out = [Float](repeating: .nan, count: rows * columns)
            variant.kernels.layer_norm(x, gain, bias, 1e-5, &out, rows, columns)
            expectNear(out, normalized(x, gain, bias, columns), within: 2e-5, "\(rows)×\(columns)")
            var inPlace = x
            inPlace.withUnsafeMutableBufferPointer {
                variant.kernels.layer_norm($0.baseAddress, gain, bias, 1e-5, $0.baseAddress, rows, columns)
            }
            #expect(inPlace == out)
        }
    }

    @Test(arguments: Variant.all)
    func biases(variant: Variant) {
        var generator = SeededGenerator(seed: 2)
        for (rows, columns) in Self.shapes {
            let (x, bias) = (generator.floats(rows * columns, scale: 4), generator.floats(columns))
            var biased = x
            variant.kernels.add_bias(&biased, bias, rows, columns)
            #expect(biased == x.indices.map { x[$0] + bias[$0 % columns] })
        }
    }

    @Test(arguments: Variant.all)
    func activations(variant: Variant) {
        var generator = SeededGenerator(seed: 3)
        for scale in [Float(0.01), 3, 30] {
            let x = generator.floats(1000, scale: scale)
            let input = x.map(Double.init)
            expectNear(
                variant.activated(x, Int(ENTENTE_QUICK_GELU)), input.map { $0 / (1 + exp(-1.702 * $0)) }, within: 3e-7,
                "quick")
            expectNear(variant.activated(x, Int(ENTENTE_GELU)), input.map { gelu($0) }, within: 3e-7, "exact")
        }
    }

    @Test(arguments: Variant.all)
    func factors(variant: Variant) {
        var generator = SeededGenerator(seed: 12)
        for (rows, columns) in Self.shapes {
            let (x, factors) = (generator.floats(rows * columns, scale: 4), generator.floats(rows * columns))
            var scaled = x
            variant.kernels.multiply(&scaled, factors, x.count)
            #expect(scaled == x.indices.map { x[$0] * factors[$0] })
        }
    }

    /// Relative to the result, for all arguments whose result is not vanishing: where 1 + erf cancels, too.
    @Test(arguments: Variant.all)
    func activationsKeepTheirRelativePrecision(variant: Variant) {
        let x = stride(from: Float(-8), through: 8, by: 1.0 / 1024).map { $0 }
        let quick = variant.activated(x, Int(ENTENTE_QUICK_GELU))
        let exact = variant.activated(x, Int(ENTENTE_GELU))
        let silu = variant.activated(x, Int(ENTENTE_SILU))
        for index in x.indices where x[index] != 0 {
            let value = Double(x[index])
            // An error of half an ulp in the exponent's argument grows with the argument.
            let bound = 4e-7 * (1 + abs(value))
            #expect(abs(Double(quick[index]) / (value / (1 + exp(-1.702 * value))) - 1) < bound, "quick at \(value)")
            #expect(abs(Double(exact[index]) / gelu(value) - 1) < bound * (1 + abs(value) / 4), "exact at \(value)")
            #expect(abs(Double(silu[index]) / (value / (1 + exp(-value))) - 1) < bound, "silu at \(value)")
        }
    }

    @Test(arguments: Variant.all)
    func extremesStayInBounds(variant: Variant) {
        let x: [Float] = [0, -0.0, 1e-30, -1e-30, 88, -88, 1000, -1000, 1e30, -1e30, .infinity, .nan]
        let quick = variant.activated(x, Int(ENTENTE_QUICK_GELU))
        let exact = variant.activated(x, Int(ENTENTE_GELU))
        let silu = variant.activated(x, Int(ENTENTE_SILU))
        for result in [quick, exact, silu] {
            for index in [0, 1, 2, 3, 5, 7] { #expect(abs(result[index]) <= 1e-30) }
            for index in [4, 6, 8, 10] { #expect(result[index] == x[index]) }
            // Not a number must not turn into one.
            #expect(result[11].isNaN)
        }
        var scores: [Float] = [-.infinity, 0, -1e30, .nan, 0, 0]
        variant.kernels.softmax(&scores, 2, 3, 3)
        #expect(abs(scores[1] - 1) < 1e-6 && scores[0] < 1e-30 && scores[2] < 1e-30)
        #expect(scores[3...].allSatisfy { $0.isNaN })
    }

    /// A NaN that an activation takes for a number would be an answer that nobody computed.
    @Test(
        arguments: Variant.all,
        [
            ENTENTE_PLAIN, ENTENTE_RECTIFIED, ENTENTE_GELU, ENTENTE_QUICK_GELU, ENTENTE_TANH_GELU, ENTENTE_SILU,
        ].map { Int($0) })
    func notANumberComesThroughEveryActivation(variant: Variant, activation: Int) {
        // Both signs, quiet, with payloads; among numbers, so that whole vectors are no special case.
        let nans: [Float] = [.nan, -.nan, Float(bitPattern: 0x7fc0_1234), Float(bitPattern: 0xffff_ffff)]
        let x: [Float] = (0..<64).map { (index: Int) -> Float in
            index % 3 == 1 ? nans[index / 3 % 4] : Float(index) / 8 - 4
        }
        let result = variant.activated(x, activation)
        for index in x.indices { #expect(result[index].isNaN == x[index].isNaN, "\(x[index])") }
    }

    /// Rectified, and what Winograd's products become; whole vectors and the rest of one.
    @Test(arguments: Variant.all)
    func notANumberComesThroughWinograd(variant: Variant) {
        let (size, channels) = (4, 21)
        let windows = 4
        for place in 0..<16 {
            var products = [Float](repeating: -0.25, count: 16 * windows * channels)
            // One window's one place, in a channel of either kind.
            for channel in [2, 20] { products[(place * windows + 3) * channels + channel] = .nan }
            let bias = [Float](repeating: 0, count: channels)
            var out = [Float](repeating: 7, count: size * size * channels)
            variant.kernels.winograd_output(products, bias, size, channels, 0, windows, &out)
            let reached = Set(out.indices.filter { out[$0].isNaN }.map { $0 % channels })
            #expect(reached == [2, 20], "place \(place)")
        }
    }

    /// A row whose squares overflow has no norm; its bias is not one.
    @Test(arguments: Variant.all)
    func aNormThatOverflowsIsNoNumber(variant: Variant) {
        for columns in [2, 15, 16, 40] {
            let row = (0..<columns).map { Float($0 % 2 == 0 ? 1e25 : -1e25) }
            var out = [Float](repeating: 0, count: columns)
            variant.kernels.layer_norm(
                row, [Float](repeating: 1, count: columns), [Float](repeating: 0.5, count: columns), 1e-5, &out, 1,
                columns)
            #expect(out.allSatisfy { $0.isNaN }, "\(columns)")
        }
    }

    @Test(arguments: Variant.all)
    func softmax(variant: Variant) {
        var generator = SeededGenerator(seed: 5)
        for (rows, columns) in Self.shapes {
            let stride = columns + 3
            let x = generator.floats(rows * stride, scale: 12)
            var out = x
            variant.kernels.softmax(&out, rows, columns, stride)
            for row in 0..<rows {
                let start = row * stride
                let values = x[start..<start + columns].map(Double.init)
                let peak = values.max()!
                let total = values.reduce(0) { $0 + exp($1 - peak) }
                let exact = values.map { exp($0 - peak) / total }
                expectNear(Array(out[start..<start + columns]), exact, within: 3e-7, "\(rows)×\(columns)")
                // What lies between the rows is not theirs.
                #expect(out[start + columns..<start + stride] == x[start + columns..<start + stride])
            }
        }
    }

    @Test(arguments: Variant.all)
    func everyHalfAndBfloat16IsWidenedExactly(variant: Variant) {
        let all = (0...UInt16.max).map { $0 }
        var halves = [Float](repeating: 0, count: all.count)
        variant.kernels.half_to_float(all, &halves, all.count)
        var brains = halves
        variant.kernels.bfloat16_to_float(all, &brains, all.count)
        for bits in all {
            let half = Float(Float16(bitPattern: bits))
            #expect(halves[Int(bits)] == half || (half.isNaN && halves[Int(bits)].isNaN))
            #expect(halves[Int(bits)].sign == half.sign)
            #expect(brains[Int(bits)].bitPattern == UInt32(bits) << 16)
        }
        // Unaligned, and no multiple of a vector.
        var few = [Float](repeating: -1, count: 20)
        all[0x3c00...].withUnsafeBytes { variant.kernels.half_to_float($0.baseAddress! + 2, &few, 19) }
        #expect(few[0] == Float(Float16(bitPattern: 0x3c01)) && few[18] == Float(Float16(bitPattern: 0x3c13)))
        #expect(few[19] == -1)
    }

    /// One kernel set of OpenBLAS runs on CPUs with and without AVX-512, and must give the same rows on both.
    @Test func fusedVariantsAgreeBitForBit() {
        let fused = Variant.all.filter { $0.testDescription != "portable" }
        guard let first = fused.first else {
            print("SKIPPED: this CPU has no AVX2, there are no fused variants to compare")
            return
        }
        var generator = SeededGenerator(seed: 6)
        for (rows, columns) in Self.shapes {
            let x = generator.floats(rows * columns, scale: 5)
            let (gain, bias) = (generator.floats(columns), generator.floats(columns))
            let weights = generator.floats(columns * columns)
            func results(_ variant: Variant) -> [[UInt32]] {
                var (norm, soft) = (x, x)
                variant.kernels.layer_norm(x, gain, bias, 1e-5, &norm, rows, columns)
                variant.kernels.softmax(&soft, rows, columns, columns)
                let activations = [
                    ENTENTE_PLAIN, ENTENTE_GELU, ENTENTE_QUICK_GELU, ENTENTE_TANH_GELU, ENTENTE_SILU,
                ]
                let products = activations.map { activation in
                    PackedLayerTests.product(
                        variant.kernels, x, weights, rows: rows, inner: columns, columns: columns, bias: bias,
                        activation: Int(activation))
                }
                return ([norm, soft] + products).map { $0.map(\.bitPattern) }
            }
            for other in fused.dropFirst() {
                #expect(results(other) == results(first), "\(rows)×\(columns)")
            }
        }
    }
}

private func gelu(_ x: Double) -> Double { x / 2 * erfc(-x / 2.0.squareRoot()) }

private func normalized(_ x: [Float], _ gain: [Float], _ bias: [Float], _ columns: Int) -> [Double] {
    stride(from: 0, to: x.count, by: columns).flatMap { start in
        let row = x[start..<start + columns].map(Double.init)
        let mean = row.reduce(0, +) / Double(columns)
        let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(columns)
        return row.indices.map {
            (row[$0] - mean) / (variance + 1e-5).squareRoot() * Double(gain[$0]) + Double(bias[$0])
        }
    }
}

/// Differences relative to the larger of 1 and the expectation.
private func expectNear(_ actual: [Float], _ expected: [Double], within bound: Double, _ what: String) {
    let worst = zip(actual, expected).map { abs(Double($0) - $1) / max(1, abs($1)) }
    #expect(worst.allSatisfy { $0 <= bound }, "\(what): off by \(worst.max() ?? 0)")
}
