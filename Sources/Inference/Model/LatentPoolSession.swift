/// A latent pool at work: with room for one item's rows, or one row of each item.
final class LatentPoolSession {
    private let pool: LatentPool
    /// Keys and values, `[rowsAtOnce, 2w]`, with w the pool's width.
    private let wide: ScratchBuffer
    /// One head's attention, `[longest]`.
    private let scores: ScratchBuffer
    /// `[rowsAtOnce, w]`.
    private let mixed: ScratchBuffer
    /// `[rowsAtOnce, w]`.
    private let normed: ScratchBuffer
    /// `[rowsAtOnce, mlpWidth]`.
    private let hidden: ScratchBuffer
    private let scratch: ScratchBuffer
    /// Items of a batch, or rows of the longest item, whichever is more.
    private let rowsAtOnce: Int

    /// - Parameters:
    ///   - items: items of a batch at most.
    ///   - longest: rows of an item at most.
    init(_ pool: LatentPool, items: Int, longest: Int) {
        self.pool = pool
        rowsAtOnce = max(items, longest)
        wide = ScratchBuffer(count: rowsAtOnce * 2 * pool.width)
        scores = ScratchBuffer(count: longest)
        mixed = ScratchBuffer(count: rowsAtOnce * pool.width)
        normed = ScratchBuffer(count: rowsAtOnce * pool.width)
        hidden = ScratchBuffer(count: rowsAtOnce * pool.mlpWidth)
        scratch = ScratchBuffer(count: pool.scratchFloats)
    }

    /// Writes the attention's weighted values of one item, `[w]`, to `out`.
    ///
    /// - Parameter rows: `[count, d]`, behind the encoder's final norm.
    func attend(_ rows: UnsafePointer<Float>, count: Int, into out: UnsafeMutablePointer<Float>) {
        let (wide, scores, width) = (wide.base, scores.base, pool.width)
        let headWidth = width / pool.heads
        pool.keysAndValues.apply(rows, rows: count, into: wide, scratch: scratch.base)
        pool.query.withUnsafeBufferPointer { query in
            for head in 0..<pool.heads {
                let column = head * headWidth
                for row in 0..<count {
                    scores[row] = Self.product(
                        query.baseAddress! + column, wide + row * 2 * width + column, count: headWidth)
                }
                RowKernels.current.softmax(scores, 1, count, count)
                let target = out + column
                target.update(repeating: 0, count: headWidth)
                for row in 0..<count {
                    let (weight, values) = (scores[row], wide + (row * 2 + 1) * width + column)
                    for place in 0..<headWidth { target[place] += weight * values[place] }
                }
            }
        }
    }

    /// Output projection of rows of weighted values and what follows it, in place.
    ///
    /// - Parameter rows: `[count, w]`.
    func finish(_ rows: UnsafeMutablePointer<Float>, count: Int) {
        let (normed, mixed, scratch) = (normed.base, mixed.base, scratch.base)
        for first in stride(from: 0, to: count, by: rowsAtOnce) {
            let part = min(rowsAtOnce, count - first)
            let target = rows + first * pool.width
            pool.output.apply(target, rows: part, into: mixed, scratch: scratch)
            switch pool.ending {
            case .norm(let norm): norm.apply(mixed, into: target, rows: part)
            case .perceptron(let norm, let expansion, let contraction, let activation):
                norm.apply(mixed, into: normed, rows: part)
                expansion.apply(normed, rows: part, activation, into: hidden.base, scratch: scratch)
                contraction.apply(hidden.base, rows: part, adding: mixed, into: target, scratch: scratch)
            }
        }
    }

    /// The pool of each row on its own, in place: attention to a single row is its value.
    ///
    /// - Parameter rows: `[count, d]`, behind the encoder's final norm; then `[count, w]`, from the same place on.
    func applyToEach(_ rows: UnsafeMutablePointer<Float>, count: Int) {
        let width = pool.width
        for first in stride(from: 0, to: count, by: rowsAtOnce) {
            let part = min(rowsAtOnce, count - first)
            // A pool is no wider than the encoder, so what is still to be read is behind what is written.
            let target = rows + first * width
            pool.keysAndValues.apply(
                rows + first * pool.inputs, rows: part, into: wide.base, scratch: scratch.base)
            for row in 0..<part {
                (target + row * width).update(from: wide.base + (row * 2 + 1) * width, count: width)
            }
        }
        finish(rows, count: count)
    }

    /// Eight sums side by side, always in the same order.
    private static func product(
        _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, count: Int
    ) -> Float {
        var sums = SIMD8<Float>.zero
        let whole = count / 8 * 8
        for place in stride(from: 0, to: whole, by: 8) {
            let a = UnsafeRawPointer(left + place).loadUnaligned(as: SIMD8<Float>.self)
            let b = UnsafeRawPointer(right + place).loadUnaligned(as: SIMD8<Float>.self)
            sums += a * b
        }
        var sum = sums.sum()
        for place in whole..<count { sum += left[place] * right[place] }
        return sum
    }
}
