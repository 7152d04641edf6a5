/// A stack of pre-norm residual attention blocks, the body of both encoders.
final class Transformer: Sendable {
    let shape: TransformerShape
    private let activation: PackedLayer.Activation
    let blocks: [TransformerBlock]

    /// - Parameter tensors: the scope that holds `resblocks.0`, `resblocks.1`, ….
    init(_ tensors: TensorScope, _ shape: TransformerShape, _ activation: Activation) throws(InferenceError) {
        self.shape = shape
        switch activation {
        case .gelu: self.activation = .gelu
        case .quickGelu: self.activation = .quickGelu
        }
        var blocks: [TransformerBlock] = []
        for layer in 0..<shape.layers {
            blocks.append(try TransformerBlock(tensors.scope("resblocks.\(layer)"), shape))
        }
        self.blocks = blocks
    }

    /// Floats of scratch memory that its products need.
    var scratchFloats: Int {
        blocks.flatMap { [$0.attentionInput, $0.attentionOutput, $0.expansion, $0.contraction] }
            .map(\.scratchFloats).max() ?? 0
    }

    /// Carries the rows of `workspace.stream` through all blocks, in place.
    ///
    /// - Parameters:
    ///   - causal: whether a row attends only to itself and the rows of its item before it.
    ///   - keepingRows: whether all rows are wanted. If not, the last block stops at the pooled ones behind its attention,
    ///     and the stream holds nothing but one row for each item, in order; their bits are the same.
    ///   - branch: a dense method, told of each block's attention and output.
    ///   - readingKeys: called once, when `workspace.wide` holds the last block's queries, keys and values, `[t, 3d]`
    ///     for each item, before their bias is added.
    func run(
        in workspace: TransformerWorkspace, causal: Bool, keepingRows: Bool, beside branch: DenseBranch? = nil,
        readingKeys: () -> Void = {}
    ) {
        let layout = workspace.layout
        var rows = layout.totalRows
        precondition(rows <= workspace.capacity, "\(rows) rows in a workspace for \(workspace.capacity)")
        let (stream, normed, wide) = (workspace.stream.base, workspace.normed.base, workspace.wide.base)
        let scratch = workspace.scratch.base

        for (index, block) in blocks.enumerated() {
            let isLast = index == blocks.count - 1
            block.attentionNorm.apply(stream, into: normed, rows: rows)
            block.attentionInput.apply(normed, rows: rows, into: wide, scratch: scratch)
            if isLast { readingKeys() }
            for item in layout.items { attend(item, block.attentionBias, causal, workspace) }
            branch?.attended(index)
            if isLast, !keepingRows {
                keepPooled(layout, in: stream)
                keepPooled(layout, in: normed)
                rows = layout.items.count
            }
            block.attentionOutput.apply(normed, rows: rows, adding: stream, into: stream, scratch: scratch)

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
            block.expansion.apply(normed, rows: count, activation, into: wide, scratch: scratch)
            block.contraction.apply(wide, rows: count, adding: target, into: target, scratch: scratch)
        }
    }

    /// Moves the pooled rows to the front.
    private func keepPooled(_ layout: RowLayout, in rows: UnsafeMutablePointer<Float>) {
        for (place, item) in layout.items.enumerated() where item.pooled != place {
            (rows + place * shape.width).update(from: rows + item.pooled * shape.width, count: shape.width)
        }
    }

    /// softmax(q kᵀ / √(d/heads)) v of one item, head by head, from `wide` into `normed`; logits softly capped if the model
    /// does that.
    ///
    /// Each product's shape depends on the item alone, so its bits do too (``BLAS``).
    private func attend(_ item: RowLayout.Item, _ bias: [Float], _ causal: Bool, _ workspace: TransformerWorkspace) {
        let (width, headWidth) = (shape.width, shape.headWidth)
        let queries = workspace.wide.base + item.start * 3 * width
        let out = workspace.normed.base + item.start * width
        let (scores, stride) = (workspace.scores.base, workspace.scoreStride)
        let scale = 1 / Float(headWidth).squareRoot()

        RowKernels.current.add_bias(queries, bias, item.rows, 3 * width)
        for head in 0..<shape.heads {
            let column = head * headWidth
            func slice(_ part: Int) -> BLAS.View {
                BLAS.View(queries + part * width + column, rows: item.rows, columns: headWidth, stride: 3 * width)
            }
            BLAS.multiply(slice(0), slice(1), transposingB: true, alpha: scale, into: scores, outStride: stride)
            if let cap = shape.softCap { RowKernels.current.soft_cap(scores, item.rows, item.rows, stride, cap) }
            RowKernels.current.softmax(scores, item.rows, item.rows, stride, causal ? 1 : 0)
            let weights = BLAS.View(scores, rows: item.rows, columns: item.rows, stride: stride)
            if let padded = workspace.weighted?.base {
                // The columns beyond the head's own are whatever lies beside them, and are left behind.
                let columns = shape.paddedHeadWidth
                let values = BLAS.View(slice(2).base, rows: item.rows, columns: columns, stride: 3 * width)
                BLAS.multiply(weights, values, into: padded, outStride: columns)
                for row in 0..<item.rows {
                    (out + row * width + column).update(from: padded + row * columns, count: headWidth)
                }
            } else {
                BLAS.multiply(weights, slice(2), into: out + column, outStride: width)
            }
        }
    }
}
