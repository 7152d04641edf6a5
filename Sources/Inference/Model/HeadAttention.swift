import CKernels

/// What the heads of a block make of one item, by the attention of `CKernels`: a row's bits depend on the item alone.
struct HeadAttention {
    enum Projection: Int, Sendable { case query, key, value }

    /// A matrix that is added in every head's attention: `rows × t` values, consecutive rows `stride` apart.
    struct Addend {
        let base: UnsafePointer<Float>
        let stride: Int
        /// What it is multiplied by; of a bias 1.
        var share: Float = 1
    }

    let shape: TransformerShape
    /// t: rows of the item.
    let rows: Int
    /// The first of them that attends; those before it are seen.
    var first = 0
    /// `[t, 3d]`: queries, keys and values with their bias.
    let projections: UnsafePointer<Float>
    /// Of ``scratchFloats(_:rows:)``.
    let scratch: UnsafeMutablePointer<Float>

    /// Floats of `scratch` for items of at most so many rows.
    static func scratchFloats(_ shape: TransformerShape, rows: Int) -> Int {
        entente_attention_scratch(rows, shape.headWidth, Int(ENTENTE_MOST_PAIRS))
    }

    /// Writes softmax(q kᵀ / √(d/heads)) v of the rows from ``first`` on into `out`, `[t - first, d]`, logits softly capped if the model does that.
    ///
    /// - Parameter causal: whether a row attends only to itself and the rows before it.
    func attend(causal: Bool, into out: UnsafeMutablePointer<Float>) {
        for head in 0..<shape.heads {
            var call = call(head, out: out)
            call.causal = causal ? 1 : 0
            RowKernels.current.attention(&call)
        }
    }

    /// As ``attend(causal:into:)`` for one row, `[d]`.
    ///
    /// - Parameters:
    ///   - query: the row's query, `[d]`, with its bias.
    ///   - seen: how many of the item's rows it attends to, from the first on.
    func attend(query: UnsafePointer<Float>, seen: Int, into out: UnsafeMutablePointer<Float>) {
        for head in 0..<shape.heads {
            var call = call(head, out: out)
            call.left.0 = query + head * shape.headWidth
            (call.rows, call.columns) = (1, seen)
            RowKernels.current.attention(&call)
        }
    }

    /// Writes `gain · A + other` times v of one head into its columns of `out`, `[t, d]`, where A is the sum over `projections`
    /// x of softmax(x xᵀ · logitGain / √(d/heads) + bias).
    ///
    /// - Parameter projections: at most `ENTENTE_MOST_PAIRS`.
    func attend(
        alike projections: [Projection], head: Int, logitGain: Float = 1, bias: Addend? = nil, gain: Float = 1,
        adding other: Addend? = nil, into out: UnsafeMutablePointer<Float>
    ) {
        precondition(
            1...Int(ENTENTE_MOST_PAIRS) ~= projections.count,
            "\(projections.count) of at most \(ENTENTE_MOST_PAIRS) projections")
        var call = call(head, out: out)
        call.pairs = projections.count
        for (number, projection) in projections.enumerated() {
            let slice = slice(projection, head).base
            switch number {
            case 0: (call.left.0, call.right.0) = (slice, slice)
            case 1: (call.left.1, call.right.1) = (slice, slice)
            default: (call.left.2, call.right.2) = (slice, slice)
            }
        }
        // The gain is of capped logits: g · c · tanh(x / c) is a cap of g · c on g · x.
        call.scale *= logitGain
        call.soft_cap *= logitGain
        call.gain = gain
        if let bias { (call.bias, call.bias_stride) = (bias.base, bias.stride) }
        if let other { (call.other, call.other_stride, call.share) = (other.base, other.stride, other.share) }
        RowKernels.current.attention(&call)
    }

    /// Adds the model's own weights of a head, times `share`, to `mean`, `[t, t]`.
    func addWeights(head: Int, share: Float, to mean: UnsafeMutablePointer<Float>) {
        var call = call(head, out: nil)
        (call.mean, call.mean_stride, call.mean_share) = (mean, rows, share)
        RowKernels.current.attention(&call)
    }

    /// `[t, d/heads]`.
    func slice(_ projection: Projection, _ head: Int) -> BLAS.View {
        BLAS.View(
            projections + projection.rawValue * shape.width + head * shape.headWidth, rows: rows,
            columns: shape.headWidth, stride: 3 * shape.width)
    }

    private func call(_ head: Int, out: UnsafeMutablePointer<Float>?) -> entente_attention {
        var call = entente_attention()
        call.left.0 = slice(.query, head).base + first * 3 * shape.width
        call.right.0 = slice(.key, head).base
        call.pairs = 1
        call.values = slice(.value, head).base
        call.stride = 3 * shape.width
        (call.rows, call.columns, call.width) = (rows - first, rows, shape.headWidth)
        call.scale = 1 / Float(shape.headWidth).squareRoot()
        call.soft_cap = shape.softCap ?? 0
        call.gain = 1
        if let out { (call.out, call.out_stride) = (out + head * shape.headWidth, shape.width) }
        call.scratch = scratch
        return call
    }
}
