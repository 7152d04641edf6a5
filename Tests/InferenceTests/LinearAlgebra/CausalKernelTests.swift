import CKernels
import Foundation
import Testing

@testable import Inference

/// Causal attention in every variant that this CPU runs: against plain loops in double precision, and the same bits wherever a
/// sequence is cut.
@Suite struct CausalKernelTests {
    private struct Sequence {
        let heads: Int, headWidth: Int, capacity: Int
        /// `[rows, 3 · heads · headWidth]`.
        var projections: [Float]

        var width: Int { heads * headWidth }
        var rows: Int { projections.count / (3 * width) }

        init(heads: Int, headWidth: Int, rows: Int, capacity: Int? = nil, scale: Float = 2, seed: UInt64 = 5) {
            var generator = SeededGenerator(seed: seed)
            (self.heads, self.headWidth, self.capacity) = (heads, headWidth, capacity ?? rows)
            projections = generator.floats(rows * 3 * heads * headWidth, scale: scale)
        }

        /// - Parameters:
        ///   - pieces: how many rows each call has; together all of them, or fewer.
        ///   - leftover: what scratch memory holds at first.
        func attended(_ kernels: entente_kernels, pieces: [Int], leftover: Float = 0) -> [Float] {
            let scratch = ScratchBuffer(count: entente_attention_scratch(capacity, headWidth, 1))
            scratch.base.update(repeating: leftover, count: scratch.count)
            // One more row, which nothing may touch.
            var out = [Float](repeating: -7, count: (pieces.reduce(0, +) + 1) * width)
            var first = 0
            for piece in pieces {
                for head in 0..<heads {
                    projections.withUnsafeBufferPointer { projections in
                        out.withUnsafeMutableBufferPointer { out in
                            guard let projections = projections.baseAddress, let out = out.baseAddress else { return }
                            var call = entente_attention()
                            let own = projections + head * headWidth
                            call.left.0 = own + first * 3 * width
                            (call.right.0, call.values) = (own + width, own + 2 * width)
                            (call.pairs, call.causal, call.gain) = (1, 1, 1)
                            (call.stride, call.width) = (3 * width, headWidth)
                            (call.rows, call.columns) = (piece, first + piece)
                            call.scale = 1 / Float(headWidth).squareRoot()
                            (call.out, call.out_stride) = (out + first * width + head * headWidth, width)
                            call.scratch = scratch.base
                            kernels.attention(&call)
                        }
                    }
                }
                first += piece
            }
            #expect(out.suffix(width).allSatisfy { $0 == -7 })
            return Array(out.dropLast(width))
        }

        /// softmax(q kᵀ / √headWidth) v over the rows up to each.
        var expected: [Double] {
            func value(_ part: Int, _ row: Int, _ column: Int) -> Double {
                Double(projections[row * 3 * width + part * width + column])
            }
            var out: [Double] = []
            for row in 0..<rows {
                for head in 0..<heads {
                    let columns = head * headWidth..<(head + 1) * headWidth
                    let logits: [Double] = (0...row).map { key in
                        columns.reduce(0.0) { $0 + value(0, row, $1) * value(1, key, $1) }
                            / Double(headWidth).squareRoot()
                    }
                    let peak = logits.max() ?? 0
                    let weights = logits.map { exp($0 - peak) }
                    let total = weights.reduce(0, +)
                    for column in columns {
                        out.append((0...row).reduce(0.0) { $0 + weights[$1] / total * value(2, $1, column) })
                    }
                }
            }
            return out
        }
    }

    @Test(arguments: RowKernelsTests.Variant.all)
    func everyRowSeesWhatIsBeforeIt(variant: RowKernelsTests.Variant) {
        for (heads, headWidth, rows) in [
            (1, 1, 1), (2, 3, 5), (1, 8, 16), (3, 15, 17), (2, 16, 31), (1, 17, 33), (8, 64, 12), (2, 66, 77),
            (3, 80, 48), (1, 128, 64), (2, 100, 19),
        ] {
            let sequence = Sequence(heads: heads, headWidth: headWidth, rows: rows)
            let actual = sequence.attended(variant.kernels, pieces: [rows])
            let error = zip(actual, sequence.expected).map { abs(Double($0) - $1) }.max() ?? 0
            #expect(error < 4e-6, "\(heads) heads of \(headWidth), \(rows) rows: \(error)")
        }
    }

    @Test(arguments: RowKernelsTests.Variant.all)
    func extremeLogitsStayInBounds(variant: RowKernelsTests.Variant) {
        let sequence = Sequence(heads: 2, headWidth: 24, rows: 21, scale: 60)
        let actual = sequence.attended(variant.kernels, pieces: [21])
        for (value, exact) in zip(actual, sequence.expected) { #expect(abs(Double(value) - exact) < 2e-2) }
    }

    /// Wherever it is cut, with room for more, and whatever the memory held before.
    @Test(arguments: RowKernelsTests.Variant.all)
    func aRowKnowsNothingOfTheCut(variant: RowKernelsTests.Variant) {
        for (heads, headWidth) in [(2, 16), (3, 20), (1, 64), (2, 66)] {
            let sequence = Sequence(heads: heads, headWidth: headWidth, rows: 37)
            let whole = sequence.attended(variant.kernels, pieces: [37])
            #expect(whole.allSatisfy { $0.isFinite })
            let roomy = Sequence(heads: heads, headWidth: headWidth, rows: 37, capacity: 77)
            for pieces in [[36, 1], [1, 36], [15, 1, 1, 20], [16, 21], [17, 20], .init(repeating: 1, count: 37)] {
                #expect(sequence.attended(variant.kernels, pieces: pieces) == whole, "\(pieces)")
                #expect(roomy.attended(variant.kernels, pieces: pieces, leftover: .nan) == whole, "\(pieces), roomy")
            }
            // And nothing of what follows.
            for rows in [1, 15, 16, 36] {
                #expect(roomy.attended(variant.kernels, pieces: [rows]) == Array(whole.prefix(rows * sequence.width)))
            }
        }
    }

    /// A row that overflows spoils those behind it; whether those before it is not said.
    @Test(arguments: RowKernelsTests.Variant.all)
    func whatIsNotANumberReachesTheRowsBehind(variant: RowKernelsTests.Variant) {
        for part in 0..<3 {
            var sequence = Sequence(heads: 1, headWidth: 18, rows: 20)
            sequence.projections[(13 * 3 + part) * 18 + 4] = .nan
            let spoilt = sequence.attended(variant.kernels, pieces: [20])
            // Of a query its own row, of a key or a value all from there on.
            for row in 13..<(part == 0 ? 14 : 20) {
                #expect(spoilt[row * 18..<(row + 1) * 18].contains { $0.isNaN }, "row \(row), part \(part)")
            }
        }
    }

    /// The two that multiply and add at once.
    @Test func wideAndNarrowVectorsAgree() {
        let fused = RowKernelsTests.Variant.all.dropFirst().map { variant in
            Sequence(heads: 3, headWidth: 20, rows: 40).attended(variant.kernels, pieces: [40])
        }
        for other in fused.dropFirst() { #expect(other == fused[0]) }
    }
}
