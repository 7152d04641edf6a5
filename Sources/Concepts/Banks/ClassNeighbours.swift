import Inference

/// Which classes are near each class among their embeddings (docs/descriptors.md §4).
public enum ClassNeighbours {
    /// Classes of a neighbourhood.
    public static let count = 2

    /// Two classes for each class, nearest first; fewer where there are no more. Of equals the lower index.
    ///
    /// - Parameters:
    ///   - embeddings: `[classes, e]`.
    ///   - includingOwn: whether the class itself is the first of the two.
    public static func find(_ embeddings: Matrix, includingOwn: Bool) -> [[Int]] {
        let table = EmbeddingTable(embeddings)
        return (0..<table.count).map { own in
            let row = table.products(
                with: Matrix(rows: 1, columns: embeddings.columns, elements: Array(table.embeddings.row(own))))
            // One more than is wanted, since the class itself may be anywhere among its equals.
            let others = Ranking.top(count + 1, of: row.row(0)).filter { $0 != own }
            return Array(((includingOwn ? [own] : []) + others).prefix(count))
        }
    }
}
