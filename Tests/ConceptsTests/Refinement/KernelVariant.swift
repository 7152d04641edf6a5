import CKernels
import Testing

/// The kernels as compiled for one instruction set.
struct KernelVariant: CustomTestStringConvertible, @unchecked Sendable {
    // A table of C functions that never changes.
    let kernels: entente_kernels
    var testDescription: String { String(cString: kernels.name) }

    /// Those that this CPU can run.
    static let all = (0..<3).compactMap { index in
        entente_kernels_variant(Int32(index)).map { KernelVariant(kernels: $0.pointee) }
    }
}
