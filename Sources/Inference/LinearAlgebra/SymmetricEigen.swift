import COpenBLAS

/// Leading eigenvectors of symmetric matrices, in double, through the LAPACK inside OpenBLAS.
///
/// Everything LAPACK sees lies on a 64-byte boundary: some kernels treat an unaligned head apart, and then the
/// allocator's mood would decide the last bit of a result that has to be repeatable.
public enum SymmetricEigen {
    /// `A·Aᵀ` (`rows × rows`), or `Aᵀ·A` (`columns × columns`) if `ofColumns`; both triangles filled.
    ///
    /// - Parameter values: A, `[rows, columns]` row-major.
    public static func gram(_ values: [Double], rows: Int, columns: Int, ofColumns: Bool = false) -> [Double] {
        precondition(
            values.count == rows * columns, "a \(rows)×\(columns) matrix can't have \(values.count) values")
        let order = ofColumns ? columns : rows
        guard rows > 0, columns > 0 else { return .init(repeating: 0, count: order * order) }
        BLAS.prepareForLanes()
        var input = AlignedBuffer(count: values.count)
        input.fill(from: values)
        let output = AlignedBuffer(count: order * order)
        cblas_dsyrk(
            CblasRowMajor, CblasUpper, ofColumns ? CblasTrans : CblasNoTrans, blasint(order),
            blasint(ofColumns ? rows : columns), 1, input.base, blasint(columns), 0, output.base, blasint(order))
        return mirrored(output.values, order: order)
    }

    /// As `gram(_:rows:columns:ofColumns: true)` for an A that comes in blocks of rows, so that it need not be in memory
    /// whole.
    ///
    /// - Parameter fill: writes the rows of a range, `[range.count, columns]` row-major.
    public static func gramOfColumns(
        rows: Int, columns: Int, fill: (Range<Int>, UnsafeMutablePointer<Double>) -> Void
    ) -> [Double] {
        guard rows > 0, columns > 0 else { return .init(repeating: 0, count: columns * columns) }
        BLAS.prepareForLanes()
        let blockRows = min(rows, 512)
        let input = AlignedBuffer(count: blockRows * columns)
        let output = AlignedBuffer(count: columns * columns)
        for start in stride(from: 0, to: rows, by: blockRows) {
            let block = start..<min(start + blockRows, rows)
            fill(block, input.base)
            cblas_dsyrk(
                CblasRowMajor, CblasUpper, CblasTrans, blasint(columns), blasint(block.count), 1, input.base,
                blasint(columns), 1, output.base, blasint(columns))
        }
        return mirrored(output.values, order: columns)
    }

    private static func mirrored(_ upper: [Double], order: Int) -> [Double] {
        var result = upper
        for row in 0..<order {
            for column in 0..<row { result[row * order + column] = result[column * order + row] }
        }
        return result
    }

    /// The `count` largest eigenvalues, descending, and their unit eigenvectors. An eigenvector's sign is LAPACK's
    /// whim: callers fix it by a rule of their own.
    ///
    /// - Parameters:
    ///   - matrix: `order × order`, symmetric; the upper triangle is read.
    /// - Returns: nil when the matrix holds a value that isn't finite, or when LAPACK doesn't converge (which no
    ///   finite matrix is known to cause).
    /// - Complexity: O(order³).
    public static func largest(
        _ count: Int, ofSymmetric matrix: [Double], order: Int
    ) -> (values: [Double], vectors: [[Double]])? {
        precondition(matrix.count == order * order, "order \(order) doesn't fit \(matrix.count) values")
        precondition(1...max(order, 1) ~= count, "\(count) eigenvectors of a matrix of order \(order)")
        guard order > 0, matrix.allSatisfy(\.isFinite) else { return nil }
        BLAS.prepareForLanes()

        var a = AlignedBuffer(count: matrix.count)
        a.fill(from: matrix)
        let vectors = AlignedBuffer(count: order * count)
        let values = AlignedBuffer(count: order)
        var support = [Int32](repeating: 0, count: 2 * count)
        var (n, lowest, highest) = (Int32(order), Int32(order - count + 1), Int32(order))
        var (ignored, tolerance) = (0.0, Double.leastNormalMagnitude)
        var (found, info) = (Int32(0), Int32(0))

        func call(_ work: UnsafeMutablePointer<Double>, _ lwork: Int, _ iwork: inout [Int32], _ liwork: Int) {
            var (lwork, liwork) = (Int32(lwork), Int32(liwork))
            // Row-major "upper" is LAPACK's column-major "lower".
            dsyevr_(
                "V", "I", "L", &n, a.base, &n, &ignored, &ignored, &lowest, &highest, &tolerance, &found,
                values.base, vectors.base, &n, &support, work, &lwork, &iwork, &liwork, &info, 1, 1, 1)
        }
        let query = AlignedBuffer(count: 1)
        var integers = [Int32](repeating: 0, count: 1)
        call(query.base, -1, &integers, -1)
        guard info == 0 else { return nil }
        let work = AlignedBuffer(count: Int(query.values[0]))
        let integerCount = Int(integers[0])
        integers = .init(repeating: 0, count: integerCount)
        call(work.base, work.count, &integers, integerCount)
        guard info == 0, Int(found) == count else { return nil }

        let ascending = values.values
        let columns = vectors.values
        return (
            (0..<count).map { ascending[count - 1 - $0] },
            (0..<count).map { Array(columns[(count - 1 - $0) * order..<(count - $0) * order]) }
        )
    }

    /// Doubles on a 64-byte boundary, zero at first, freed with their owner.
    private struct AlignedBuffer: ~Copyable {
        let base: UnsafeMutablePointer<Double>
        let count: Int

        init(count: Int) {
            self.count = count
            base = UnsafeMutableRawPointer.allocate(
                byteCount: max(count, 1) * MemoryLayout<Double>.stride, alignment: 64
            ).bindMemory(to: Double.self, capacity: max(count, 1))
            base.initialize(repeating: 0, count: max(count, 1))
        }

        deinit { UnsafeMutableRawPointer(base).deallocate() }

        mutating func fill(from values: [Double]) {
            precondition(values.count == count, "\(values.count) values for \(count) places")
            for index in 0..<count { base[index] = values[index] }
        }

        var values: [Double] { Array(UnsafeBufferPointer(start: base, count: count)) }
    }
}
