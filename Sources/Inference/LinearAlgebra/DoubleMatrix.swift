import COpenBLAS

/// A dense row-major matrix of doubles, for sums that small errors would add up in.
public struct DoubleMatrix: Sendable, Equatable {
    public let rows: Int
    public let columns: Int
    /// `rows × columns` values; element (r, c) is at `r * columns + c`.
    public private(set) var elements: [Double]

    public init(rows: Int, columns: Int, elements: some Sequence<Double>) {
        let elements = Array(elements)
        precondition(
            elements.count == rows * columns,
            "a \(rows)×\(columns) matrix needs \(rows * columns) elements, got \(elements.count)")
        self.rows = rows
        self.columns = columns
        self.elements = elements
    }

    /// Of zeros.
    public init(rows: Int, columns: Int) {
        self.init(rows: rows, columns: columns, elements: [Double](repeating: 0, count: rows * columns))
    }

    public init(_ matrix: Matrix) {
        self.init(rows: matrix.rows, columns: matrix.columns, elements: matrix.elements.map(Double.init))
    }

    public subscript(row: Int, column: Int) -> Double {
        get { elements[row * columns + column] }
        set { elements[row * columns + column] = newValue }
    }

    /// Row `row`, `[columns]`.
    public func row(_ row: Int) -> ArraySlice<Double> {
        elements[row * columns..<(row + 1) * columns]
    }

    /// Lends the elements, to be overwritten in place.
    public mutating func withUnsafeMutableElements<Result>(
        _ body: (UnsafeMutableBufferPointer<Double>) throws -> Result
    ) rethrows -> Result {
        try elements.withUnsafeMutableBufferPointer { try body($0) }
    }

    /// A factor of a product, as it is or transposed.
    public struct Factor {
        let matrix: DoubleMatrix
        let isTransposed: Bool
        var rows: Int { isTransposed ? matrix.columns : matrix.rows }
        var columns: Int { isTransposed ? matrix.rows : matrix.columns }
    }

    public var plain: Factor { Factor(matrix: self, isTransposed: false) }
    public var transposed: Factor { Factor(matrix: self, isTransposed: true) }

    /// `a · b`.
    public init(_ a: Factor, times b: Factor) {
        self.init(rows: a.rows, columns: b.columns)
        add(a, times: b)
    }

    /// Adds `a · b`. As with ``BLAS`` the bits of a row depend on the shape of the whole product.
    public mutating func add(_ a: Factor, times b: Factor) {
        precondition(
            a.columns == b.rows && a.rows == rows && b.columns == columns,
            "[\(a.rows), \(a.columns)] times [\(b.rows), \(b.columns)] into [\(rows), \(columns)]")
        guard rows > 0, columns > 0, a.columns > 0 else { return }
        BLAS.prepareForLanes()
        let width = columns
        a.matrix.elements.withUnsafeBufferPointer { left in
            b.matrix.elements.withUnsafeBufferPointer { right in
                elements.withUnsafeMutableBufferPointer { out in
                    cblas_dgemm(
                        CblasRowMajor, a.isTransposed ? CblasTrans : CblasNoTrans,
                        b.isTransposed ? CblasTrans : CblasNoTrans, blasint(a.rows), blasint(width),
                        blasint(a.columns), 1, left.baseAddress, blasint(a.matrix.columns), right.baseAddress,
                        blasint(b.matrix.columns), 1, out.baseAddress, blasint(width))
                }
            }
        }
    }
}
