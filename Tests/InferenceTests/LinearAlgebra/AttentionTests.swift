import CKernels
import Foundation
import Testing

@testable import Inference

/// The attention of one head in every variant that this CPU runs, against plain sums in double precision.
@Suite struct AttentionTests {
    struct Case: CustomTestStringConvertible {
        let rows: Int
        let width: Int
        var causal = false
        var pairs = 1
        var softCap: Float = 0
        /// Of queries and keys.
        var scale: Float = 1
        /// Whether something is added to logits and weights, and the mean is taken.
        var isMixed = false

        var testDescription: String {
            "[\(rows), \(width)]" + (causal ? ", causal" : "") + (pairs > 1 ? ", \(pairs) pairs" : "")
                + (softCap > 0 ? ", capped" : "") + (scale > 1 ? ", times \(scale)" : "") + (isMixed ? ", mixed" : "")
        }
    }

    /// Below, at and above a vector, a panel and a tile; rows of logits 1 KiB and 4 KiB long.
    static let cases: [Case] =
        [1, 2, 13, 14, 15, 16, 17, 31, 33, 50, 77, 197].flatMap { rows in
            [Case(rows: rows, width: 64), Case(rows: rows, width: 64, causal: true)]
        } + [
            Case(rows: 5, width: 1), Case(rows: 9, width: 3, causal: true), Case(rows: 21, width: 15),
            Case(rows: 40, width: 32), Case(rows: 33, width: 37, causal: true), Case(rows: 65, width: 72),
            Case(rows: 49, width: 80), Case(rows: 30, width: 88), Case(rows: 70, width: 104),
            Case(rows: 27, width: 127),
            Case(rows: 18, width: 128), Case(rows: 256, width: 33), Case(rows: 577, width: 64),
            Case(rows: 1024, width: 32, causal: true), Case(rows: 1025, width: 40),
            Case(rows: 50, width: 64, scale: 40), Case(rows: 50, width: 64, causal: true, scale: 1e4),
            Case(rows: 60, width: 64, softCap: 2), Case(rows: 37, width: 48, pairs: 2),
            Case(rows: 50, width: 64, pairs: 3, softCap: 5), Case(rows: 50, width: 64, isMixed: true),
            Case(rows: 29, width: 40, causal: true, pairs: 2, softCap: 3, isMixed: true),
            Case(rows: 101, width: 24, pairs: 3, isMixed: true),
        ]

    /// What goes into a head: three rows of `width` beside each other, as an encoder has queries, keys and values.
    struct Head {
        let shape: Case
        let projections: [Float]
        let bias: [Float]
        let other: [Float]
        let gain: Float
        let share: Float

        init(_ shape: Case, seed: UInt64) {
            var generator = SeededGenerator(seed: seed)
            self.shape = shape
            let (rows, width) = (shape.rows, shape.width)
            projections = (0..<rows * 3 * width).map { place in
                let value = generator.floats(1)[0]
                return place % (3 * width) < 2 * width ? value * shape.scale : value
            }
            bias = shape.isMixed ? generator.floats(rows * rows, scale: 2) : []
            other = shape.isMixed ? generator.floats(rows * rows) : []
            (gain, share) = shape.isMixed ? (0.4, 0.7) : (1, 0)
        }

        /// The parts that meet in each pair: q and k, then each by itself.
        static let parts = [(0, 1), (0, 0), (1, 1)]

        /// `rows` of it from `first` on, against the rows before `columns`; and the mean, from zeros on.
        func run(
            _ kernels: entente_kernels, first: Int = 0, rows: Int? = nil, columns: Int? = nil
        ) -> (out: [Float], mean: [Float]) {
            let (columns, width) = (columns ?? shape.rows, shape.width)
            let rows = rows ?? columns
            var out = [Float](repeating: .nan, count: rows * width)
            var mean = [Float](repeating: 0, count: shape.isMixed ? rows * columns : 0)
            var scratch = [Float](
                repeating: .nan, count: entente_attention_scratch(columns, width, shape.pairs))
            projections.withUnsafeBufferPointer { projections in
                out.withUnsafeMutableBufferPointer { out in
                    mean.withUnsafeMutableBufferPointer { mean in
                        scratch.withUnsafeMutableBufferPointer { scratch in
                            bias.withUnsafeBufferPointer { bias in
                                other.withUnsafeBufferPointer { other in
                                    let base = projections.baseAddress!
                                    func left(_ pair: Int) -> UnsafePointer<Float> {
                                        base + (first * 3 + Self.parts[pair].0) * width
                                    }
                                    func right(_ pair: Int) -> UnsafePointer<Float> {
                                        base + Self.parts[pair].1 * width
                                    }
                                    var call = entente_attention()
                                    call.left = (left(0), left(1), left(2))
                                    call.right = (right(0), right(1), right(2))
                                    call.pairs = shape.pairs
                                    call.values = base + 2 * width
                                    call.stride = 3 * width
                                    (call.rows, call.columns, call.width) = (rows, columns, width)
                                    call.scale = 1 / Float(width).squareRoot()
                                    call.soft_cap = shape.softCap
                                    call.causal = shape.causal ? 1 : 0
                                    (call.gain, call.share) = (gain, share)
                                    if shape.isMixed {
                                        call.bias = bias.baseAddress! + first * shape.rows
                                        call.other = other.baseAddress! + first * shape.rows
                                        (call.bias_stride, call.other_stride) = (shape.rows, shape.rows)
                                        (call.mean, call.mean_stride) = (mean.baseAddress, columns)
                                        call.mean_share = 0.5
                                    }
                                    (call.out, call.out_stride) = (out.baseAddress, width)
                                    call.scratch = scratch.baseAddress
                                    kernels.attention(&call)
                                }
                            }
                        }
                    }
                }
            }
            return (out, mean)
        }

        /// `[rows]` of double precision for one row: the weights of what it sees.
        func weights(row: Int) -> [Double] {
            let (width, seen) = (shape.width, shape.causal ? row + 1 : shape.rows)
            var sums = [Double](repeating: 0, count: seen)
            for pair in 0..<shape.pairs {
                let (left, right) = Self.parts[pair]
                let logits = (0..<seen).map { column in
                    var logit = (0..<width).reduce(0.0) {
                        $0 + Double(projections[(row * 3 + left) * width + $1])
                            * Double(projections[(column * 3 + right) * width + $1])
                    }
                    logit /= Double(width).squareRoot()
                    let cap = Double(shape.softCap)
                    if cap > 0 { logit = cap * tanh(logit / cap) }
                    return bias.isEmpty ? logit : logit + Double(bias[row * shape.rows + column])
                }
                let peak = logits.max() ?? 0
                let powers = logits.map { exp($0 - peak) }
                let total = powers.reduce(0, +)
                for column in 0..<seen { sums[column] += Double(gain) * powers[column] / total }
            }
            guard !other.isEmpty else { return sums }
            return sums.indices.map { sums[$0] + Double(share) * Double(other[row * shape.rows + $0]) }
        }
    }

    @Test(arguments: RowKernelsTests.Variant.all, cases)
    func attentionIsWeightedValues(variant: RowKernelsTests.Variant, shape: Case) {
        let head = Head(shape, seed: 61)
        let (out, mean) = head.run(variant.kernels)
        let (rows, width) = (shape.rows, shape.width)
        // A logit's rounding grows with the logit, and with it the weights' error.
        let bound = 4e-6 + Double(shape.scale * shape.scale) * Double(width).squareRoot() * 2e-7
        var worst = 0.0
        for row in 0..<rows {
            let weights = head.weights(row: row)
            for column in 0..<width {
                let expected = weights.indices.reduce(0.0) {
                    $0 + weights[$1] * Double(head.projections[($1 * 3 + 2) * width + column])
                }
                let value = Double(out[row * width + column])
                worst = max(worst, value.isNaN ? .infinity : abs(value - expected))
            }
            for column in 0..<rows where shape.isMixed {
                let expected = column < weights.count ? weights[column] / 2 : 0
                worst = max(worst, abs(Double(mean[row * rows + column]) - expected))
            }
        }
        // Where logits are beyond all measure, one column has all the weight; which, their rounding decides at ties alone.
        #expect(worst <= min(bound, 1e-3), "\(worst)")
    }

    /// What makes a pooled row cheap, and a text's rows independent of what is behind them.
    @Test(arguments: RowKernelsTests.Variant.all, cases)
    func aRowsBitsDependOnWhatItSees(variant: RowKernelsTests.Variant, shape: Case) {
        let head = Head(shape, seed: 62)
        let together = head.run(variant.kernels).out
        for row in Set([0, 1, 6, 13, 14, 47, shape.rows / 2, shape.rows - 1]) where row < shape.rows {
            let seen = shape.causal ? row + 1 : shape.rows
            let alone = head.run(variant.kernels, first: row, rows: 1, columns: seen).out
            #expect(alone == Array(together[row * shape.width..<(row + 1) * shape.width]), "row \(row)")
        }
        guard shape.causal else { return }
        for count in Set([1, 5, 15, shape.rows / 2]) where 1...shape.rows ~= count {
            #expect(head.run(variant.kernels, columns: count).out == Array(together[..<(count * shape.width)]))
        }
    }

    @Test(arguments: cases)
    func fusedVariantsAgree(shape: Case) {
        let fused = RowKernelsTests.Variant.all.filter { $0.testDescription != "portable" }
        let results = fused.map { Head(shape, seed: 63).run($0.kernels) }
        #expect(results.allSatisfy { $0.out == results[0].out && $0.mean == results[0].mean })
    }

    /// An overflow on the way has to be seen in the end.
    @Test(arguments: RowKernelsTests.Variant.all, [Float.nan, .infinity])
    func whatIsNotFiniteComesThrough(variant: RowKernelsTests.Variant, value: Float) {
        let shape = Case(rows: 35, width: 24)
        for part in 0..<3 {
            var generator = SeededGenerator(seed: 64)
            // All but one place are above 0, so that an infinite key makes infinite logits.
            var projections = generator.floats(shape.rows * 3 * shape.width).map { abs($0) + 0.1 }
            projections[(20 * 3 + part) * shape.width + 5] = value
            let head = Head(shape, projections: projections)
            let out = head.run(variant.kernels).out
            for row in 0..<shape.rows where part > 0 || row == 20 {
                #expect(!out[row * shape.width + 5].isFinite, "part \(part), row \(row)")
            }
        }
    }
}

extension AttentionTests.Head {
    init(_ shape: AttentionTests.Case, projections: [Float]) {
        (self.shape, self.projections) = (shape, projections)
        (bias, other, gain, share) = ([], [], 1, 0)
    }
}
