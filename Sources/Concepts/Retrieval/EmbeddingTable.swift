import Inference

/// Text embeddings of length 1, one a class or descriptor, and their cosines with something else.
struct EmbeddingTable: Sendable {
    /// Queries are padded to a multiple of this many rows, because matrix kernels round a product with fewer rows
    /// in another way (docs/method.md §19.1).
    private static let rowMultiple = 12

    /// `[entries, e]`, rows of length 1 (or zero), unless they keep their own.
    let embeddings: Matrix
    /// Entries that repeat an earlier one bit for bit, with that one. Texts that differ in case only have one
    /// embedding; they must tie exactly, wherever a matrix kernel puts them, for the lower index to win.
    private let repeats: [(entry: Int, first: Int)]

    /// - Parameter isNormalized: whether rows are brought to length 1.
    init(_ embeddings: Matrix, isNormalized: Bool = true) {
        self.embeddings = isNormalized ? embeddings.rowsNormalized() : embeddings
        var firsts = [ArraySlice<Float>: Int]()
        var repeats = [(entry: Int, first: Int)]()
        for entry in 0..<embeddings.rows {
            let row = self.embeddings.row(entry)
            if let first = firsts[row] {
                repeats.append((entry, first))
            } else {
                firsts[row] = entry
            }
        }
        self.repeats = repeats
    }

    var count: Int { embeddings.rows }

    /// `[queries, entries]`: the products of every query with every entry.
    func products(with queries: Matrix) -> Matrix {
        precondition(
            queries.columns == embeddings.columns,
            "queries of \(queries.columns) values against embeddings of \(embeddings.columns)")
        let padding = (Self.rowMultiple - queries.rows % Self.rowMultiple) % Self.rowMultiple
        let padded = Matrix(
            rows: queries.rows + padding, columns: queries.columns,
            elements: queries.elements + repeatElement(0, count: padding * queries.columns))
        let all = padded.multiplied(by: embeddings, transposed: true)
        var result = Matrix(
            rows: queries.rows, columns: count, elements: Array(all.elements.prefix(queries.rows * count)))
        for query in 0..<queries.rows {
            for (entry, first) in repeats { result[query, entry] = result[query, first] }
        }
        return result
    }

    /// The product of one entry with one query, summed in double: for the few entries that need it.
    func product(of entry: Int, with query: [Float]) -> Double {
        precondition(query.count == embeddings.columns, "a query of \(query.count) values")
        let row = embeddings.row(entry)
        return row.withUnsafeBufferPointer { row in
            query.withUnsafeBufferPointer { query in
                var lanes = SIMD8<Double>()
                var index = 0
                while index + 8 <= row.count {
                    var (a, b) = (SIMD8<Float>(), SIMD8<Float>())
                    for lane in 0..<8 {
                        a[lane] = row[index + lane]
                        b[lane] = query[index + lane]
                    }
                    lanes += SIMD8<Double>(a) * SIMD8<Double>(b)
                    index += 8
                }
                var sum = lanes.sum()
                while index < row.count {
                    sum += Double(row[index]) * Double(query[index])
                    index += 1
                }
                return sum
            }
        }
    }
}
