/// Where the rows of a batch's items lie in a workspace: items one after another, each padded as ``RowPacking`` asks.
///
/// A value that a workspace refills for each batch without allocating.
struct RowLayout {
    struct Item {
        /// First row.
        let start: Int
        /// Rows that mean something.
        let rows: Int
        /// Rows up to the next item; those beyond `rows` are padding.
        let occupied: Int
    }

    let packing: RowPacking
    private(set) var items: [Item] = []
    /// Rows of all items, padding included.
    private(set) var totalRows = 0

    init(packing: RowPacking, capacity: Int) {
        self.packing = packing
        items.reserveCapacity(capacity)
    }

    mutating func removeAll() {
        items.removeAll(keepingCapacity: true)
        totalRows = 0
    }

    mutating func append(rows: Int) {
        precondition(rows > 0, "an item of \(rows) rows")
        let occupied = packing.occupied(rows)
        items.append(Item(start: totalRows, rows: rows, occupied: occupied))
        totalRows += occupied
    }

    /// `out = input · weightsᵀ` for all items, in as few products as ``RowPacking`` allows.
    ///
    /// - Parameters:
    ///   - input: `[totalRows, inner]`.
    ///   - weights: `[columns, inner]`.
    ///   - out: `[totalRows, columns]`.
    func multiply(
        _ input: UnsafePointer<Float>, by weights: [Float], inner: Int, columns: Int,
        into out: UnsafeMutablePointer<Float>
    ) {
        precondition(
            weights.count == inner * columns, "\(weights.count) weights are no [\(columns), \(inner)] matrix")
        guard !items.isEmpty else { return }
        weights.withUnsafeBufferPointer { weights in
            // The count was checked above to be positive, so there is a base address.
            let view = BLAS.View(weights.baseAddress!, rows: columns, columns: inner)
            var first = 0
            while first < items.count {
                let start = items[first].start
                var end = start + items[first].occupied
                var next = first + 1
                if packing.mayShare(rows: items[first].occupied, inner: inner, columns: columns) {
                    while next < items.count,
                        end + items[next].occupied - start <= RowPacking.rowLimit,
                        packing.mayShare(rows: items[next].occupied, inner: inner, columns: columns)
                    {
                        end += items[next].occupied
                        next += 1
                    }
                }
                BLAS.multiply(
                    BLAS.View(input + start * inner, rows: end - start, columns: inner), view,
                    transposingB: true, into: out + start * columns)
                first = next
            }
        }
    }
}
