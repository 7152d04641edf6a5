import COpenBLAS

/// The one door to OpenBLAS. Every shape is checked before the call; a mismatch is a bug of ours and traps with
/// both shapes. Calls are single-threaded: parallelism is the caller's lanes.
///
/// OpenBLAS gives a row bits that depend on the shape of the whole product and on where the row lies in it. So a product here
/// is of one item (an image, a text, a part) and its shape depends on that item alone; what many items share goes through
/// ``PackedLayer``.
public enum BLAS {
    /// A borrowed row-major matrix: `rows × columns` values, consecutive rows `stride` apart.
    public struct View {
        let base: UnsafePointer<Float>
        let rows: Int
        let columns: Int
        let stride: Int

        /// `base` must stay valid, and at least `(rows - 1) * stride + columns` long, for the duration of the call.
        public init(_ base: UnsafePointer<Float>, rows: Int, columns: Int, stride: Int? = nil) {
            precondition((stride ?? columns) >= columns, "stride \(stride ?? 0) is below \(columns) columns")
            self.base = base
            self.rows = rows
            self.columns = columns
            self.stride = stride ?? columns
        }
    }

    /// A product split over threads is split by its shape, and lanes would fight over the threads: so OpenBLAS is
    /// fixed at one thread a call, once in the process.
    private static let singleThread: Void = openblas_set_num_threads(1)

    /// Fixes OpenBLAS at one thread a call. The first product does it too; calling this early keeps it off the lanes.
    public static func prepareForLanes() {
        singleThread
    }

    /// The kernels that OpenBLAS chose for this CPU (`SkylakeX`, `Haswell`, `Zen`, …), or that `OPENBLAS_CORETYPE` asked
    /// for; half of ``KernelSet/name``.
    static var kernelSet: String { String(cString: openblas_get_corename()) }

    /// `out = alpha · a · op(b) + beta · out`, with `op(b) = bᵀ` if `transposingB`.
    ///
    /// - Parameters:
    ///   - a: `[m, k]`.
    ///   - b: `[n, k]` if `transposingB`, else `[k, n]`.
    ///   - out: `m × n` values, consecutive rows `outStride` (default n) apart; must not overlap `a` or `b`.
    public static func multiply(
        _ a: View, _ b: View, transposingB: Bool = false, alpha: Float = 1, beta: Float = 0,
        into out: UnsafeMutablePointer<Float>, outStride: Int? = nil
    ) {
        let n = transposingB ? b.rows : b.columns
        let inner = transposingB ? b.columns : b.rows
        precondition(
            a.columns == inner,
            "[\(a.rows), \(a.columns)] times [\(b.rows), \(b.columns)]\(transposingB ? " transposed" : "")")
        precondition((outStride ?? n) >= n, "an output stride of \(outStride ?? 0) is below \(n) columns")
        guard a.rows > 0, n > 0 else { return }
        singleThread
        cblas_sgemm(
            CblasRowMajor, CblasNoTrans, transposingB ? CblasTrans : CblasNoTrans,
            blasint(a.rows), blasint(n), blasint(inner), alpha, a.base, blasint(a.stride), b.base,
            blasint(b.stride), beta, out, blasint(outStride ?? n))
    }
}

extension Matrix {
    /// `self · other`, or `self · otherᵀ` if `transposed`.
    public func multiplied(by other: Matrix, transposed: Bool = false) -> Matrix {
        var result = Matrix(rows: rows, columns: transposed ? other.rows : other.columns)
        elements.withUnsafeBufferPointer { a in
            other.elements.withUnsafeBufferPointer { b in
                result.withUnsafeMutableElements { out in
                    // An empty array has no base address, and nothing to multiply.
                    guard let aBase = a.baseAddress, let bBase = b.baseAddress, let outBase = out.baseAddress
                    else { return }
                    BLAS.multiply(
                        BLAS.View(aBase, rows: rows, columns: columns),
                        BLAS.View(bBase, rows: other.rows, columns: other.columns),
                        transposingB: transposed, into: outBase)
                }
            }
        }
        return result
    }
}
