/// The intermediate results of one batch in a ``Transformer``, allocated once for the largest batch.
///
/// Rows are laid out by `layout`; everything is dense and row-major. Padding rows hold finite values that nothing
/// reads but the products that carry them along.
final class TransformerWorkspace {
    /// Where each item's rows are; to be refilled for each batch.
    var layout: RowLayout
    /// Rows there is room for.
    let capacity: Int
    /// The residual stream, `[capacity, d]`: in, the embedded items; out, the last block's output.
    let stream: ScratchBuffer
    /// Normalised rows, then attention's weighted values, `[capacity, d]`.
    let normed: ScratchBuffer
    /// What a sub-layer adds to the stream, `[capacity, d]`.
    let delta: ScratchBuffer
    /// Queries, keys and values `[capacity, 3d]`, then the perceptron's hidden rows `[capacity, mlpWidth]`.
    let wide: ScratchBuffer
    /// One head's attention of one item, `[longest, scoreStride]`.
    let scores: ScratchBuffer
    let scoreStride: Int

    /// - Parameters:
    ///   - items: items of a batch at most.
    ///   - longest: rows of an item at most.
    init(_ shape: TransformerShape, items: Int, longest: Int, packing: RowPacking) {
        precondition(items > 0 && longest > 0, "\(items) items of \(longest) rows")
        layout = RowLayout(packing: packing, capacity: items)
        capacity = items * packing.occupied(longest)
        stream = ScratchBuffer(count: capacity * shape.width)
        normed = ScratchBuffer(count: capacity * shape.width)
        delta = ScratchBuffer(count: capacity * shape.width)
        wide = ScratchBuffer(count: capacity * max(3 * shape.width, shape.mlpWidth))
        // Rows start at cache lines.
        scoreStride = (longest + 15) / 16 * 16
        scores = ScratchBuffer(count: longest * scoreStride)
    }
}
