/// Queries, keys and values, in one block, of the sequence that was last gone through, where a row sees its sequence up to itself.
///
/// Whoever shares its first rows with that sequence goes on behind them. A row's bits depend on the rows up to its own alone, so
/// they are the same whether those were computed for it or for another.
final class SequenceMemory {
    private let width: Int
    private let longest: Int
    private let rows: ScratchBuffer

    /// - Parameter longest: rows of a sequence at most.
    init(_ shape: TransformerShape, longest: Int) {
        precondition(shape.rotation == nil, "a grid's rotation in a sequence")
        width = 3 * shape.width
        self.longest = longest
        rows = ScratchBuffer(count: longest * width)
    }

    /// `[longest, 3d]`.
    var projections: UnsafePointer<Float> { UnsafePointer(rows.base) }

    /// Puts an item's rows behind those that it shares.
    ///
    /// - Parameters:
    ///   - item: the sequence that is remembered begins with its `shared` first rows.
    ///   - own: `[rows, 3d]`, with their bias.
    func remember(_ item: RowLayout.Item, _ own: UnsafePointer<Float>) {
        precondition(item.shared + item.rows <= longest, "\(item.shared) + \(item.rows) rows in a place for \(longest)")
        (rows.base + item.shared * width).update(from: own, count: item.rows * width)
    }
}
