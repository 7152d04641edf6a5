import Foundation

/// Which kernels compute in this process. Sums are taken in another order in others, so the last bits of a result belong to
/// its kernel set, which is stored with each row.
public enum KernelSet {
    /// Environment variable that names our own kernels: `portable`, `avx2` or `avx512`. OpenBLAS's are chosen apart, by
    /// `OPENBLAS_CORETYPE`.
    public static let variable = "ENTENTE_KERNELS"

    /// Of our kernels; another one as soon as a change to them may change a result's last bits.
    private static let generation = 2

    /// OpenBLAS's and ours with their generation, such as `Haswell+avx2+2`; letters, digits and plus signs. The first
    /// generation had no number.
    public static var name: String { name(openBLAS: BLAS.kernelSet, own: RowKernels.instructionSet) }

    /// As ``name``, with what computed a vision encoder of that precision: `Haswell+avx2+2+int8`, `SkylakeX+avx512+2+dpbf16`. Sums
    /// over int8 are the same whatever computes them, so they have one name.
    public static func name(for precision: Precision) -> String {
        switch precision {
        case .fp32: name
        case .bf16: name + (RowKernels.hasInstruction(for: .bf16) ? "+dpbf16" : "+bf16")
        case .int8: name + "+int8"
        }
    }

    /// Why an encoder of that precision is no faster here than of another, in a sentence; nil if it is.
    public static func warning(for precision: Precision) -> String? {
        guard !RowKernels.hasInstruction(for: precision) else { return nil }
        let missing = precision == .bf16 ? "no AVX512_BF16" : "neither AVX512_VNNI nor AVX_VNNI"
        return
            "method.precision is \(precision.rawValue), and there is \(missing) to compute it with: results are as they "
            + "should be, but "
            + (precision == .bf16 ? "slower than those of fp32" : "no more than twice as fast as those of fp32")
            + "; run such analyses on a CPU that has it, with \(variable) unset."
    }

    /// Does nothing but multiply and add numbers of a precision in registers, `steps` times over: what products of it could reach at
    /// best here.
    ///
    /// - Returns: multiply-adds done; nil if there is no instruction of the precision's own.
    public static func spin(_ precision: Precision, steps: Int) -> Int? {
        guard precision != .fp32, let spin = RowKernels.packing(precision).spin else { return nil }
        return Int(spin(steps))
    }

    /// Why what ``variable`` says can't be done, in a sentence that says what to do; nil if it can.
    public static var problem: String? { problem(ProcessInfo.processInfo.environment[variable]) }

    /// Why this process is slower than it could be, a sentence each.
    public static var warnings: [String] {
        warnings(openBLAS: BLAS.kernelSet, own: RowKernels.instructionSet, best: RowKernels.bestInstructionSet)
    }

    static func name(openBLAS: String, own: String) -> String { "\(openBLAS)+\(own)+\(generation)" }

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
