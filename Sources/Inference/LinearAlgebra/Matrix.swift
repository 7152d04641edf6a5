/// A dense row-major matrix of 32-bit floats: the currency between encoders and concept extraction.
public struct Matrix: Sendable, Equatable {
    public let rows: Int
    public let columns: Int
    /// `rows × columns` values; element (r, c) is at `r * columns + c`.
    public private(set) var elements: [Float]

    public init(rows: Int, columns: Int, elements: [Float]) {
        precondition(
            elements.count == rows * columns,
            "a \(rows)×\(columns) matrix needs \(rows * columns) elements, got \(elements.count)")
        self.rows = rows
        self.columns = columns
        self.elements = elements
    }

    public init(rows: Int, columns: Int, repeating value: Float = 0) {
        self.init(rows: rows, columns: columns, elements: .init(repeating: value, count: rows * columns))
    }

    public subscript(row: Int, column: Int) -> Float {
        get { elements[row * columns + column] }
        set { elements[row * columns + column] = newValue }
    }

    /// Lends the elements, to be overwritten in place.
    public mutating func withUnsafeMutableElements<Result>(
        _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
    ) rethrows -> Result {
        try elements.withUnsafeMutableBufferPointer { try body($0) }
    }

    /// Row `row`, `[columns]`.
    public func row(_ row: Int) -> ArraySlice<Float> {
        elements[row * columns..<(row + 1) * columns]
    }

    /// Overwrites row `row` by as many values.
    public mutating func setRow(_ row: Int, to values: some Collection<Float>) {
        precondition(values.count == columns, "\(values.count) values for a row of \(columns)")
        elements.replaceSubrange(row * columns..<(row + 1) * columns, with: values)
    }
}

extension Matrix {
    /// A copy in which every row has Euclidean length 1; a row of zeros stays zero. `u(x)` of docs/method.md §2.
    public func rowsNormalized() -> Matrix {
        var result = self
        for row in 0..<rows {
            let range = row * columns..<(row + 1) * columns
            // Summed in double so that the length does not depend on how a compiler splits the sum.
            let square = elements[range].reduce(0.0) { $0 + Double($1) * Double($1) }
            guard square > 0 else { continue }
            let scale = 1 / square.squareRoot()
            for index in range { result.elements[index] = Float(Double(elements[index]) * scale) }
        }
        return result
    }
}

extension Matrix {
    /// A copy of the rows in `range`, `[range.count, columns]`.
    public func rows(_ range: Range<Int>) -> Matrix {
        Matrix(
            rows: range.count, columns: columns,
            elements: Array(elements[range.lowerBound * columns..<range.upperBound * columns]))
    }
}
