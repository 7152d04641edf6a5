/// A dense method at work beside a transformer: it sees what each block does and keeps to memory of its own.
///
/// Belongs to one session, hence to one lane.
class DenseBranch {
    let own: OwnPath
    /// The method's own rows, `[capacity, d]`; of each item the class token's is first, if there is one.
    let path: ScratchBuffer
    /// Weighted values, then normalised rows, `[capacity, d]`.
    let weighted: ScratchBuffer
    private let projectionWorkspace: PooledProjection.Workspace
    /// `[capacity, e]`.
    private let projected: ScratchBuffer

    init(_ own: OwnPath) {
        self.own = own
        let (body, projection) = (own.body, own.projection)
        let width = own.transformer.shape.width
        path = ScratchBuffer(count: body.capacity * width)
        weighted = ScratchBuffer(count: body.capacity * width)
        projectionWorkspace = projection.makeWorkspace(items: 1, longest: own.classRows + own.side * own.side)
        projected = ScratchBuffer(count: body.capacity * projection.embeddingWidth)
    }

    final var transformer: Transformer { own.transformer }
    final var body: TransformerWorkspace { own.body }
    final var side: Int { own.side }
    final var classRows: Int { own.classRows }
    private var projection: PooledProjection { own.projection }

    /// Whether the model's own path has to keep the rows of all patches to the end.
    var needsAllRows: Bool { false }
    /// For each item `[n, n]`: how far its patches are alike, if the method says so.
    var correlations: [Matrix] { [] }

    /// A batch begins: an image for each item.
    func begin(_ images: ArraySlice<VisionInput>) {}

    /// Block `block` (from 0 on) has taken its attention: `body.stream` holds its input, `body.wide` its queries, keys and
    /// values with bias, `[t, 3d]` an item. The last block's may be overwritten; all else stays.
    func attended(_ block: Int) {}

    /// `body.stream` holds the output of block `block`.
    func left(_ block: Int) {}

    /// For each item `[n, e]`: its patches in the embedding space, not normalised.
    final func patches() -> [Matrix] {
        let rows = body.layout.totalRows
        projection.applyToAll(
            path.base, rows: rows, normed: weighted.base, into: projected.base, in: projectionWorkspace)
        return body.layout.items.map { patches($0.start) }
    }

    /// As ``patches()`` for one item.
    final func patches(of item: RowLayout.Item) -> Matrix {
        let offset = item.start * transformer.shape.width
        projection.applyToAll(
            path.base + offset, rows: item.rows, normed: weighted.base + offset,
            into: projected.base + item.start * projection.embeddingWidth, in: projectionWorkspace)
        return patches(item.start)
    }

    private func patches(_ start: Int) -> Matrix {
        let (count, width) = (side * side, projection.embeddingWidth)
        return Matrix(
            rows: count, columns: width,
            elements: Array(
                UnsafeBufferPointer(start: projected.base + (start + classRows) * width, count: count * width)))
    }

    /// An item's heads, as the block that attended last left them.
    final func heads(of item: RowLayout.Item) -> HeadAttention {
        transformer.heads(of: item, in: body)
    }

    final func isLast(_ block: Int) -> Bool { block == transformer.blocks.count - 1 }
}
