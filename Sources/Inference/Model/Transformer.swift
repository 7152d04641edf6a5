/// A stack of pre-norm residual attention blocks, the body of both encoders.
final class Transformer: Sendable {
    let shape: TransformerShape
    let blocks: [TransformerBlock]
    /// Of the patches, which are an item's last rows.
    private let rotation: GridRotation.Table?

    /// - Parameters:
    ///   - tensors: the scope that holds `resblocks.0`, `resblocks.1`, ….
    ///   - side: patches along a side, for a shape with a rotation.
    init(_ tensors: TensorScope, _ shape: TransformerShape, rotatingGrid side: Int = 0) throws(InferenceError) {
        self.shape = shape
        rotation = shape.rotation?.table(side: side, headWidth: shape.headWidth)
        var blocks: [TransformerBlock] = []
        for layer in 0..<shape.layers {
            blocks.append(try TransformerBlock(tensors.scope("resblocks.\(layer)"), shape))
        }
        self.blocks = blocks
    }

    private init(_ other: Transformer, _ rotation: GridRotation.Table?) {
        (shape, blocks, self.rotation) = (other.shape, other.blocks, rotation)
    }

    /// The same for a grid of so many patches a side; weights are shared.
    func rotating(grid side: Int) -> Transformer {
        guard let rotation = shape.rotation else { return self }
        return Transformer(self, rotation.table(side: side, headWidth: shape.headWidth))
    }

    /// Turns the queries and keys of an item's patches, if they are told so where they stand.
    ///
    /// - Parameter rows: `[count, 3d]`; patches of a whole grid are the last of them.
    func rotate(_ rows: UnsafeMutablePointer<Float>, _ count: Int) {
        guard let rotation else { return }
        let patches = rotation.patches
        for patch in 0..<patches {
            let row = rows + (count - patches + patch) * 3 * shape.width
            for head in 0..<2 * shape.heads { rotation.turn(row + head * shape.headWidth, patch: patch) }
        }
    }

    /// Floats of scratch memory that its products need.
    var scratchFloats: Int {
        blocks.map(\.scratchFloats).max() ?? 0
    }

    /// Carries the rows of `workspace.stream` through all blocks, in place; what stands for several rows is in front of it and
    /// goes to all of them before the first attention.
    ///
    /// - Parameters:
    ///   - causal: whether a row attends only to itself and the rows before it, of its item and of those that it shares; the
    ///     workspace has been made for that.
    ///   - keepingRows: whether all rows are wanted. If not, the last block stops at the pooled ones behind its attention,
    ///     and the stream holds nothing but one row for each item, in order; their bits are the same.
    ///   - branch: a dense method, told of each block's attention and output.
    ///   - wantingKeys: whether `readingKeys` has anything to do.
    ///   - readingKeys: called once, when `workspace.wide` holds the last block's queries, keys and values, `[t, 3d]`
    ///     for each item, without their bias.
    func run(
        in workspace: TransformerWorkspace, causal: Bool, keepingRows: Bool, beside branch: DenseBranch? = nil,
        wantingKeys: Bool = false, readingKeys: () -> Void = {}
    ) {
        let (layout, shared) = (workspace.layout, workspace.shared)
        var rows = layout.totalRows
        precondition(rows <= workspace.capacity, "\(rows) rows in a workspace for \(workspace.capacity)")
        let (stream, normed, wide) = (workspace.stream.base, workspace.normed.base, workspace.wide.base)
        let scratch = workspace.scratch.base

        for (index, block) in blocks.enumerated() {
            let isLast = index == blocks.count - 1
            let isPooled = isLast && !keepingRows
            let onlyPooled = isPooled && branch == nil && !turnsPooled(layout)
            let isShared = index == 0 && !shared.firsts.isEmpty
            let distinct = isShared ? shared.firsts.count : rows
            block.attentionNorm.apply(stream, into: normed, rows: distinct)
            let isRead = isLast && wantingKeys
            block.attentionInput.apply(
                normed, rows: distinct, columns: onlyPooled ? shape.width..<3 * shape.width : nil, withBias: !isRead,
                into: wide, scratch: scratch)
            if isShared {
                shared.expand(wide, width: 3 * shape.width)
                shared.expand(stream, width: shape.width)
                if onlyPooled { shared.expand(normed, width: shape.width) }
            }
            if isRead {
                readingKeys()
                block.attentionInput.addBias(wide, rows)
            }
            for item in layout.items { rotate(wide + item.start * 3 * shape.width, item.rows) }
            if onlyPooled {
                attendPooled(block, causal, workspace)
            } else {
                for item in layout.items {
                    let heads = heads(of: item, in: workspace, causal: causal)
                    heads.attend(causal: causal, into: normed + item.start * shape.width)
                    guard !item.seesPooled else { continue }
                    heads.attend(
                        query: wide + item.pooled * 3 * shape.width, seen: seen(byPooledOf: item, causal),
                        into: normed + item.pooled * shape.width)
                }
                branch?.attended(index)
                if isPooled { keepPooled(layout, in: normed) }
            }
            if isPooled {
                keepPooled(layout, in: stream)
                rows = layout.items.count
            }
            block.joinHeads(normed, rows: rows, adding: stream, into: stream, scratch: scratch)

            applyPerceptron(block, stream, rows: rows, normed: normed, in: workspace)
            branch?.left(index)
        }
    }

    /// `rows += perceptron(ln_2(rows))`, `[rows, d]`, in place.
    ///
    /// - Parameters:
    ///   - normed: room for `[rowsAtOnce, d]`.
    ///   - workspace: its wide rows are overwritten.
    func applyPerceptron(
        _ block: TransformerBlock, _ stream: UnsafeMutablePointer<Float>, rows: Int,
        normed: UnsafeMutablePointer<Float>, in workspace: TransformerWorkspace
    ) {
        let (wide, scratch) = (workspace.wide.base, workspace.scratch.base)
        for first in stride(from: 0, to: rows, by: TransformerWorkspace.rowsAtOnce) {
            let count = min(TransformerWorkspace.rowsAtOnce, rows - first)
            let target = stream + first * shape.width
            block.perceptronNorm.apply(target, into: normed, rows: count)
            block.applyPerceptron(normed, count: count, addingTo: target, hidden: wide, scratch: scratch)
        }
    }

    /// Moves the pooled rows to the front.
    private func keepPooled(_ layout: RowLayout, in rows: UnsafeMutablePointer<Float>) {
        for (place, item) in layout.items.enumerated() where item.pooled != place {
            (rows + place * shape.width).update(from: rows + item.pooled * shape.width, count: shape.width)
        }
    }

    /// The attention of the pooled rows alone, moved to the front of `normed`, which holds the block's normed rows; keys and
    /// values are in `wide`.
    private func attendPooled(_ block: TransformerBlock, _ causal: Bool, _ workspace: TransformerWorkspace) {
        let (layout, normed, wide) = (workspace.layout, workspace.normed.base, workspace.wide.base)
        keepPooled(layout, in: normed)
        // They lie where the queries of the first rows would.
        block.attentionInput.apply(
            normed, rows: layout.items.count, columns: 0..<shape.width, into: wide, scratch: workspace.scratch.base)
        for (place, item) in layout.items.enumerated() {
            heads(of: item, in: workspace, causal: causal).attend(
                query: wide + place * 3 * shape.width, seen: seen(byPooledOf: item, causal),
                into: normed + place * shape.width)
        }
    }

    /// How many of an item's rows, from the first on, its pooled one attends to.
    private func seen(byPooledOf item: RowLayout.Item, _ causal: Bool) -> Int {
        causal ? item.shared + item.pooled - item.start + (item.seesPooled ? 1 : 0) : item.rows
    }

    /// Whether a row that stands for its item is one of a grid's patches.
    private func turnsPooled(_ layout: RowLayout) -> Bool {
        guard let rotation else { return false }
        return layout.items.contains { $0.pooled - $0.start >= $0.rows - rotation.patches }
    }

    /// What the heads make of one item; its queries, keys and values are in `wide`.
    ///
    /// - Parameter causal: then it goes on behind the rows that it shares; items in order.
    func heads(of item: RowLayout.Item, in workspace: TransformerWorkspace, causal: Bool = false) -> HeadAttention {
        let own = workspace.wide.base + item.start * 3 * shape.width
        let scratch = workspace.attention.base
        guard causal else { return HeadAttention(shape: shape, rows: item.rows, projections: own, scratch: scratch) }
        guard let memory = workspace.sequence else { preconditionFailure("a workspace that remembers no sequence") }
        memory.remember(item, own)
        return HeadAttention(
            shape: shape, rows: item.shared + item.rows, first: item.shared, projections: memory.projections,
            scratch: scratch)
    }
}
