import CKernels

extension RowKernels {
    /// How weights of a precision are laid out, and what multiplies with them; in one variant for the whole process.
    static func packing(_ precision: Precision) -> entente_packing {
        switch precision {
        case .fp32: floats
        case .bf16: bfloat16
        case .int8: int8
        }
    }

    /// Whether this process has an instruction that multiplies and adds numbers of this precision.
    static func hasInstruction(for precision: Precision) -> Bool {
        switch precision {
        case .fp32: true
        case .bf16: name(of: bfloat16).hasPrefix("dpbf16")
        case .int8: name(of: int8).hasPrefix("vnni")
        }
    }

    /// Such as `vnni-avx512`.
    static func name(of packing: entente_packing) -> String { String(cString: packing.name) }

    // Tables of C functions that never change, hence safe to share.
    nonisolated(unsafe) private static let floats = entente_packing(
        name: current.name, panel_columns: current.panel_columns,
        panel_size: { RowKernels.current.panel_columns * MemoryLayout<Float>.stride * $0 }, pack: current.pack,
        product: current.product, spin: nil)
    nonisolated(unsafe) private static let bfloat16 = inUse(entente_bfloat16_variant)
    nonisolated(unsafe) private static let int8 = inUse(entente_int8_variant)

    /// The best that ``KernelSet/variable`` allows: instructions of their own belong to AVX2 or to AVX-512.
    private static func inUse(_ variant: (Int32) -> UnsafePointer<entente_packing>?) -> entente_packing {
        let set = Int32(instructionSets.firstIndex(of: instructionSet) ?? 0)
        if let own = set == 2 ? variant(3) : set == 1 ? variant(4) : nil { return own.pointee }
        guard let packing = variant(set) else { preconditionFailure("no packing for \(instructionSet)") }
        return packing.pointee
    }
}
