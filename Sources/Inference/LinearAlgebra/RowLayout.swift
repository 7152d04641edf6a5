/// Where the rows of a batch's items (images, texts) lie in a workspace: one after another.
///
/// A value that a workspace refills for each batch without allocating.
struct RowLayout {
    struct Item {
        /// First row.
        let start: Int
        let rows: Int
        /// The row that stands for the item in the end.
        let pooled: Int
        /// Rows before its own that it shares with the item before it, where rows see only what is before them.
        let shared: Int
        /// Whether the pooled row, the last of all, sees itself where rows see only what is before them.
        let seesPooled: Bool
    }

    private(set) var items: [Item] = []
    /// Rows of all items.
    private(set) var totalRows = 0

    init(capacity: Int) {
        items.reserveCapacity(capacity)
    }

    mutating func removeAll() {
        items.removeAll(keepingCapacity: true)
        totalRows = 0
    }

    /// - Parameters:
    ///   - pooled: which of its rows stands for the item.
    ///   - shared: how many rows that are there stand before them.
    ///   - seesPooled: false for a last row that sees all others alone.
    mutating func append(rows: Int, pooled: Int, shared: Int = 0, seesPooled: Bool = true) {
        precondition(0..<rows ~= pooled, "row \(pooled) of an item of \(rows) rows")
        precondition(seesPooled || pooled == rows - 1 && shared + pooled > 0, "row \(pooled) of \(rows) sees nothing")
        items.append(
            Item(start: totalRows, rows: rows, pooled: totalRows + pooled, shared: shared, seesPooled: seesPooled))
        totalRows += rows
    }
}
