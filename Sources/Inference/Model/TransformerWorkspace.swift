/// The intermediate results of one batch in a ``Transformer``, allocated once for the largest batch.
///
/// Rows are laid out by `layout`; everything is dense and row-major.
final class TransformerWorkspace {
    /// Where each item's rows are; to be refilled for each batch.
    var layout: RowLayout
    /// Rows there is room for.
    let capacity: Int
    /// The residual stream, `[capacity, d]`: in, the embedded items; out, the last block's output.
    let stream: ScratchBuffer
    /// Normalised rows, then attention's weighted values, `[capacity, d]`.
    let normed: ScratchBuffer
    /// Queries, keys and values `[capacity, 3d]`, then the perceptron's hidden rows, `[rowsAtOnce, mlpWidth]` at a time.
    let wide: ScratchBuffer
    /// One head's attention of one item, `[longest, scoreStride]`.
    let scores: ScratchBuffer
    let scoreStride: Int
    /// One head's weighted values of one item, `[longest, paddedHeadWidth]`; nil where heads need no padding.
    let weighted: ScratchBuffer?
    /// Of one product.
    let scratch: ScratchBuffer

    /// Rows that a perceptron takes at once: few enough for its hidden rows to stay near the cache.
    static let rowsAtOnce = 512

    /// - Parameters:
    ///   - items: items of a batch at most.
    ///   - longest: rows of an item at most.
    ///   - scratchFloats: what the largest product needs.
    init(_ shape: TransformerShape, items: Int, longest: Int, scratchFloats: Int) {
        precondition(items > 0 && longest > 0, "\(items) items of \(longest) rows")
        layout = RowLayout(capacity: items)
        capacity = items * longest
        stream = ScratchBuffer(count: capacity * shape.width)
        normed = ScratchBuffer(count: capacity * shape.width)
        // The last head of the last row is read beyond its end, as far as its padding.
        let padding = shape.paddedHeadWidth - shape.headWidth
        wide = ScratchBuffer(
            count: max(capacity * 3 * shape.width, min(capacity, Self.rowsAtOnce) * shape.mlpWidth) + padding)
        weighted = padding == 0 ? nil : ScratchBuffer(count: longest * shape.paddedHeadWidth)
        // Rows start at cache lines.
        scoreStride = (longest + 15) / 16 * 16
        scores = ScratchBuffer(count: longest * scoreStride)
        scratch = ScratchBuffer(count: scratchFloats)
    }
}
