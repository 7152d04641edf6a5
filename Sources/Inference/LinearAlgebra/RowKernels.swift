import CKernels

/// The C kernels between matrix products, in the variant that suits this CPU best.
///
/// Each works on `rows × columns` dense row-major floats; see `CKernels.h` for what each computes and for its
/// promise that a row's bits depend on that row alone.
public enum RowKernels {
    /// A table of C functions that never changes, hence safe to share.
    nonisolated(unsafe) public static let best: entente_kernels = entente_kernels_best().pointee

    /// `portable`, `avx2` or `avx512`.
    static var instructionSet: String { String(cString: best.name) }
}
