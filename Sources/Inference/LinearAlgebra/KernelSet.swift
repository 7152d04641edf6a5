import Foundation

/// Which kernels compute in this process. Sums are taken in another order in others, so the last bits of a result belong to
/// its kernel set, which is stored with each row.
public enum KernelSet {
    /// Environment variable that names our own kernels: `portable`, `avx2` or `avx512`. OpenBLAS's are chosen apart, by
    /// `OPENBLAS_CORETYPE`.
    public static let variable = "ENTENTE_KERNELS"

    /// OpenBLAS's and ours, such as `Haswell+avx2`; letters, digits and plus signs.
    public static var name: String { name(openBLAS: BLAS.kernelSet, own: RowKernels.instructionSet) }

    /// Why what ``variable`` says can't be done, in a sentence that says what to do; nil if it can.
    public static var problem: String? { problem(ProcessInfo.processInfo.environment[variable]) }

    /// Why this process is slower than it could be, a sentence each.
    public static var warnings: [String] {
        warnings(openBLAS: BLAS.kernelSet, own: RowKernels.instructionSet, best: RowKernels.bestInstructionSet)
    }

    static func name(openBLAS: String, own: String) -> String { "\(openBLAS)+\(own)" }

    static func problem(_ value: String?) -> String? {
        do {
            _ = try RowKernels.named(value)
            return nil
        } catch { return error.description }
    }

    /// - Parameters:
    ///   - own: our kernels in use.
    ///   - best: the best of ours that the CPU runs.
    static func warnings(openBLAS: String, own: String, best: String) -> [String] {
        var warnings: [String] = []
        let (wide, avx2) = (["skylakex", "cooperlake", "sapphirerapids"], ["haswell", "zen", "excavator"])
        let name = openBLAS.lowercased()
        switch best {
        case "avx512" where !wide.contains(name):
            warnings.append(
                "OpenBLAS uses its \(openBLAS) kernels, but this CPU has AVX-512, which is about twice as fast; unset "
                    + "OPENBLAS_CORETYPE or set it to SkylakeX.")
        case "avx2" where !(wide + avx2).contains(name):
            warnings.append(
                "OpenBLAS uses its \(openBLAS) kernels, but this CPU has AVX2; unset OPENBLAS_CORETYPE or set it to "
                    + "Haswell.")
        default: break
        }
        if own != best {
            warnings.append("\(variable) is \(own), but this CPU runs \(best); unset it.")
        }
        return warnings
    }
}
