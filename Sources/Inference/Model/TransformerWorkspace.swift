/// The intermediate results of one batch in a ``Transformer``, allocated once for the largest batch.
///
/// Rows are laid out by `layout`; everything is dense and row-major.
final class TransformerWorkspace {
    /// Where each item's rows are; to be refilled for each batch.
    var layout: RowLayout
    /// Which rows are the same before the first attention; to be refilled with the layout, or left empty.
    var shared: SharedRows
    /// Rows there is room for.
    let capacity: Int
    /// The residual stream, `[capacity, d]`: in, the embedded items; out, the last block's output.
    let stream: ScratchBuffer
    /// Normalised rows, then attention's weighted values, `[capacity, d]`.
    let normed: ScratchBuffer
    /// Queries, keys and values `[capacity, 3d]`, then the perceptron's hidden rows, `[rowsAtOnce, mlpWidth]` at a time; of a gated one
    /// twice as many.
    let wide: ScratchBuffer
    /// Of one head's attention of one item.
    let attention: ScratchBuffer
    /// Of one product.
    let scratch: ScratchBuffer
    /// If rows see only what is before them.
    let sequence: SequenceMemory?

    /// Rows that a perceptron takes at once: few enough for its hidden rows to stay near the cache.
    static let rowsAtOnce = 512

    /// - Parameters:
    ///   - items: items of a batch at most.
    ///   - longest: rows of an item at most.
    ///   - rows: of a batch at most, if not of as many items of the longest.
    ///   - scratchFloats: what the largest product needs.
    init(
        _ shape: TransformerShape, items: Int, longest: Int, rows: Int? = nil, isCausal: Bool = false,
        scratchFloats: Int
    ) {
        precondition(items > 0 && longest > 0, "\(items) items of \(longest) rows")
        layout = RowLayout(capacity: items)
        capacity = rows ?? items * longest
        shared = SharedRows(capacity: capacity)
        sequence = isCausal ? SequenceMemory(shape, longest: longest) : nil
        stream = ScratchBuffer(count: capacity * shape.width)
        normed = ScratchBuffer(count: capacity * shape.width)
        wide = ScratchBuffer(
            count: max(
                capacity * 3 * shape.width, min(capacity, Self.rowsAtOnce) * shape.mlpWidth * (shape.isGated ? 2 : 1)))
        attention = ScratchBuffer(count: HeadAttention.scratchFloats(shape, rows: longest))
        scratch = ScratchBuffer(count: scratchFloats)
    }
}
