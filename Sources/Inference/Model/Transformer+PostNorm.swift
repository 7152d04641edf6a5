extension Transformer {
    /// Carries the rows of `workspace.stream` through all blocks, in place, as BERT does: each half of a block is added to its input
    /// and normed behind that (docs/descriptors.md §6). Every row of an item sees all others of it.
    func runPostNorm(in workspace: TransformerWorkspace) {
        let layout = workspace.layout
        let rows = layout.totalRows
        precondition(rows <= workspace.capacity, "\(rows) rows in a workspace for \(workspace.capacity)")
        let (stream, normed, wide) = (workspace.stream.base, workspace.normed.base, workspace.wide.base)
        let scratch = workspace.scratch.base
        for block in blocks {
            block.attentionInput.apply(stream, rows: rows, into: wide, scratch: scratch)
            for item in layout.items {
                heads(of: item, in: workspace).attend(causal: false, into: normed + item.start * shape.width)
            }
            block.joinHeads(normed, rows: rows, adding: stream, into: stream, scratch: scratch)
            block.attentionNorm.apply(stream, into: stream, rows: rows)
            for first in stride(from: 0, to: rows, by: TransformerWorkspace.rowsAtOnce) {
                let count = min(TransformerWorkspace.rowsAtOnce, rows - first)
                let part = stream + first * shape.width
                block.applyPerceptron(part, count: count, addingTo: part, hidden: wide, scratch: scratch)
                block.perceptronNorm.apply(part, into: part, rows: count)
            }
        }
    }
}
