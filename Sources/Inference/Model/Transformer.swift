/// A stack of pre-norm residual attention blocks, the body of both encoders.
final class Transformer: Sendable {
    let shape: TransformerShape
    private let activation: Activation
    private let blocks: [TransformerBlock]

    /// - Parameter tensors: the scope that holds `resblocks.0`, `resblocks.1`, ….
    init(_ tensors: TensorScope, _ shape: TransformerShape, _ activation: Activation) throws(InferenceError) {
        self.shape = shape
        self.activation = activation
        var blocks: [TransformerBlock] = []
        for layer in 0..<shape.layers {
            blocks.append(try TransformerBlock(tensors.scope("resblocks.\(layer)"), shape))
        }
        self.blocks = blocks
    }

    /// Carries the rows of `workspace.stream` through all blocks, in place.
    ///
    /// - Parameters:
    ///   - causal: whether a row attends only to itself and the rows of its item before it.
    ///   - readingKeys: called once, when `workspace.wide` holds the last block's queries, keys and values, `[t, 3d]`
    ///     for each item, before their bias is added.
    func run(in workspace: TransformerWorkspace, causal: Bool, readingKeys: () -> Void = {}) {
        let layout = workspace.layout
        let rows = layout.totalRows
        precondition(rows <= workspace.capacity, "\(rows) rows in a workspace for \(workspace.capacity)")
        let (stream, normed) = (workspace.stream.base, workspace.normed.base)
        let (delta, wide) = (workspace.delta.base, workspace.wide.base)

        blocks[0].attentionNorm.apply(stream, into: normed, rows: rows)
        for (index, block) in blocks.enumerated() {
            let isLast = index == blocks.count - 1
            block.attentionInput.multiply(normed, into: wide, layout)
            if isLast { readingKeys() }
            for item in layout.items { attend(item, block.attentionInput.bias, causal, workspace) }
            block.attentionOutput.multiply(normed, into: delta, layout)
            addThenNormalize(stream, delta, block.attentionOutput.bias, block.perceptronNorm, into: normed, rows)

            block.expansion.multiply(normed, into: wide, layout)
            activate(wide, block.expansion.bias, rows)
            block.contraction.multiply(wide, into: delta, layout)
            if isLast {
                RowKernels.best.residual(stream, delta, block.contraction.bias, rows, shape.width)
            } else {
                let next = blocks[index + 1].attentionNorm
                addThenNormalize(stream, delta, block.contraction.bias, next, into: normed, rows)
            }
        }
    }

    /// softmax(q kᵀ / √(d/heads)) v of one item, head by head, from `wide` into `normed`.
    ///
    /// Each product's shape depends on the item alone, so its bits do too (``RowPacking``).
    private func attend(_ item: RowLayout.Item, _ bias: [Float], _ causal: Bool, _ workspace: TransformerWorkspace) {
        let (width, headWidth) = (shape.width, shape.headWidth)
        let queries = workspace.wide.base + item.start * 3 * width
        let out = workspace.normed.base + item.start * width
        let (scores, stride) = (workspace.scores.base, workspace.scoreStride)
        let scale = 1 / Float(headWidth).squareRoot()

        RowKernels.best.add_bias(queries, bias, item.rows, 3 * width)
        for head in 0..<shape.heads {
            let column = head * headWidth
            func slice(_ part: Int) -> BLAS.View {
                BLAS.View(queries + part * width + column, rows: item.rows, columns: headWidth, stride: 3 * width)
            }
            BLAS.multiply(slice(0), slice(1), transposingB: true, alpha: scale, into: scores, outStride: stride)
            RowKernels.best.softmax(scores, item.rows, item.rows, stride, causal ? 1 : 0)
            BLAS.multiply(
                BLAS.View(scores, rows: item.rows, columns: item.rows, stride: stride), slice(2),
                into: out + column, outStride: width)
        }
    }

    private func addThenNormalize(
        _ stream: UnsafeMutablePointer<Float>, _ delta: UnsafePointer<Float>, _ bias: [Float], _ norm: LayerNorm,
        into out: UnsafeMutablePointer<Float>, _ rows: Int
    ) {
        RowKernels.best.residual_layer_norm(
            stream, delta, bias, norm.gain, norm.bias, norm.epsilon, out, rows, shape.width)
    }

    private func activate(_ rows: UnsafeMutablePointer<Float>, _ bias: [Float], _ count: Int) {
        switch activation {
        case .gelu: RowKernels.best.bias_gelu(rows, bias, count, shape.mlpWidth)
        case .quickGelu: RowKernels.best.bias_quick_gelu(rows, bias, count, shape.mlpWidth)
        }
    }
}
