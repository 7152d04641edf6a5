/// What the heads of a block make of one item: the products that every kind of attention is put together from.
struct HeadAttention {
    enum Projection: Int, Sendable { case query, key, value }

    let shape: TransformerShape
    /// t: rows of the item.
    let rows: Int
    /// `[t, 3d]`: queries, keys and values with their bias.
    let projections: UnsafePointer<Float>
    /// From one row of scores to the next.
    let stride: Int

    /// `scores = gain · x yᵀ / √(d/heads)`, `[t, stride]`, softly capped if the model does that.
    func logits(
        _ left: Projection, _ right: Projection, head: Int, gain: Float = 1, into scores: UnsafeMutablePointer<Float>
    ) {
        let scale = gain / Float(shape.headWidth).squareRoot()
        BLAS.multiply(
            slice(left, head), slice(right, head), transposingB: true, alpha: scale, into: scores, outStride: stride)
        if let cap = shape.softCap { RowKernels.current.soft_cap(scores, rows, rows, stride, cap) }
    }

    func softmax(_ scores: UnsafeMutablePointer<Float>) {
        RowKernels.current.softmax(scores, rows, rows, stride, 0)
    }

    /// `scores += addend`, of which consecutive rows are `addendStride` apart.
    func add(_ addend: UnsafePointer<Float>, addendStride: Int, to scores: UnsafeMutablePointer<Float>) {
        for row in 0..<rows { RowKernels.current.add_bias(scores + row * stride, addend + row * addendStride, 1, rows) }
    }

    /// `scores = a · scores + b · other`; `other` is `[t, t]`.
    func blend(
        _ a: Float, _ scores: UnsafeMutablePointer<Float>, _ b: Float, _ other: UnsafePointer<Float>
    ) {
        for row in 0..<rows {
            let (target, source) = (scores + row * stride, other + row * rows)
            for column in 0..<rows { target[column] = a * target[column] + b * source[column] }
        }
    }

    /// Writes `weights · v` of a head into its columns of `out`, `[t, d]`.
    func values(
        _ weights: UnsafePointer<Float>, head: Int, into out: UnsafeMutablePointer<Float>
    ) {
        BLAS.multiply(
            BLAS.View(weights, rows: rows, columns: rows, stride: stride), slice(.value, head),
            into: out + head * shape.headWidth, outStride: shape.width)
    }

    /// `[t, d/heads]`.
    func slice(_ projection: Projection, _ head: Int) -> BLAS.View {
        BLAS.View(
            projections + projection.rawValue * shape.width + head * shape.headWidth, rows: rows,
            columns: shape.headWidth, stride: 3 * shape.width)
    }
}
