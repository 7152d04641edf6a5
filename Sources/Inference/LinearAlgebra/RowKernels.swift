import CKernels
import Foundation

/// The C kernels between matrix products, in one variant for the whole process: the fastest that this CPU runs, or the one
/// that ``KernelSet/variable`` names.
///
/// Each works on `rows × columns` dense row-major floats; see `CKernels.h` for what each computes and for its
/// promise that a row's bits depend on that row alone.
public enum RowKernels {
    /// A table of C functions that never changes, hence safe to share. Where the variable names nothing that can run here,
    /// the best: ``KernelSet/problem`` says so before anything is computed.
    nonisolated(unsafe) public static let current: entente_kernels =
        (try? named(ProcessInfo.processInfo.environment[KernelSet.variable])) ?? best

    nonisolated(unsafe) private static let best: entente_kernels = entente_kernels_best().pointee

    /// In use: `portable`, `avx2` or `avx512`.
    static var instructionSet: String { String(cString: current.name) }

    /// The best that this CPU runs.
    static var bestInstructionSet: String { String(cString: best.name) }

    /// So many rows or a few less, that no tile of a product is short of any; four tiles at least.
    static func wholeTiles(_ rows: Int) -> Int {
        let tile = Int(ENTENTE_TILE_ROWS)
        return max(4, rows / tile) * tile
    }

    /// Every instruction set there are kernels for, ascending, whether or not this CPU has it.
    static let instructionSets = ["portable", "avx2", "avx512"]

    /// - Parameter name: of an instruction set; nil and the empty string stand for the best.
    /// - Throws: `InferenceError` that says which names there are, or which of them this CPU runs.
    static func named(_ name: String?) throws(InferenceError) -> entente_kernels {
        guard let name, !name.isEmpty else { return best }
        guard let index = instructionSets.firstIndex(of: name) else {
            throw InferenceError(
                .kernels,
                "\(KernelSet.variable) is \"\(name)\"; there are \(instructionSets.joined(separator: ", ")). "
                    + "Leave it unset for the best that this CPU runs.")
        }
        guard let kernels = entente_kernels_variant(Int32(index)) else {
            throw InferenceError(
                .kernels,
                "\(KernelSet.variable) is \(name), which this CPU can't run; it runs \(bestInstructionSet). "
                    + "Leave the variable unset, or name what the CPU has.")
        }
        return kernels.pointee
    }
}
