/// A method that also says which patches belong together, by the block before the last (CLIPtrase, docs/dense.md §2.9).
final class CLIPtraseBranch: PathBranch {
    private var found: [Matrix] = []

    override var correlations: [Matrix] { found }

    override func begin(_ images: ArraySlice<VisionInput>) { found.removeAll(keepingCapacity: true) }

    override func attended(_ block: Int) {
        if block == max(transformer.blocks.count - 2, 0) {
            found = body.layout.items.map(correlation)
        }
        super.attended(block)
    }

    /// `[n, n]`: cosines of the patches' queries, of their keys and of their values, averaged over the three and the heads;
    /// less those of the class token, and never below 0.
    private func correlation(_ item: RowLayout.Item) -> Matrix {
        let (heads, shape) = (heads(of: item), transformer.shape)
        var sums = [Float](repeating: 0, count: item.rows * item.rows)
        for projection in [HeadAttention.Projection.query, .key, .value] {
            for head in 0..<shape.heads {
                let cosines = rows(of: heads, projection, head).rowsNormalized()
                for (index, value) in cosines.multiplied(by: cosines, transposed: true).elements.enumerated() {
                    sums[index] += value
                }
            }
        }
        let share = 1 / Float(3 * shape.heads)
        let count = item.rows - 1
        var result = Matrix(rows: count, columns: count)
        for row in 0..<count {
            for column in 0..<count {
                let own = sums[(row + 1) * item.rows + column + 1]
                result[row, column] = max((own - sums[column + 1]) * share, 0)
            }
        }
        return result
    }

    private func rows(of heads: HeadAttention, _ projection: HeadAttention.Projection, _ head: Int) -> Matrix {
        let view = heads.slice(projection, head)
        return Matrix(
            rows: view.rows, columns: view.columns,
            elements: (0..<view.rows).flatMap {
                UnsafeBufferPointer(start: view.base + $0 * view.stride, count: view.columns)
            })
    }
}
