import CKernels
import Testing

/// A product of plain arrays by kernels of whatever kind.
struct KernelProduct {
    let rows: Int
    let inner: Int
    let columns: Int
    /// `[columns]`, or empty.
    var bias: [Float] = []
    /// `[rows, columns]`; lies where the result goes, as in a residual block.
    var addend: [Float]?
    var activation = Int(ENTENTE_PLAIN)
    /// `[inner]`, or empty.
    var factors: [Float] = []

    /// - Parameters:
    ///   - input: `[rows, inner]`.
    ///   - weights: `[columns, inner]`.
    ///   - panelSize: bytes of a panel.
    func run(
        _ input: [Float], _ weights: [Float], panelColumns: Int, panelSize: Int,
        pack: (UnsafePointer<Float>?, UnsafeMutableRawPointer?, Int, Int) -> Void,
        multiply: (UnsafePointer<entente_product>?) -> Void
    ) -> [Float] {
        // Bytes that nobody wrote would show: as floats they are none.
        var panels = [UInt8](repeating: 0xff, count: (columns + panelColumns - 1) / panelColumns * panelSize)
        pack(weights, &panels, columns, inner)
        var out = addend ?? [Float](repeating: .nan, count: rows * columns)
        var scratch = [Float](repeating: .nan, count: entente_product_scratch(inner) + 1)
        input.withUnsafeBufferPointer { input in
            panels.withUnsafeBytes { panels in
                bias.withUnsafeBufferPointer { bias in
                    factors.withUnsafeBufferPointer { factors in
                        out.withUnsafeMutableBufferPointer { out in
                            scratch.withUnsafeMutableBufferPointer { scratch in
                                var product = entente_product(
                                    a: input.baseAddress, a_stride: inner, panels: panels.baseAddress,
                                    bias: bias.isEmpty ? nil : bias.baseAddress,
                                    addend: addend == nil ? nil : UnsafePointer(out.baseAddress), out: out.baseAddress,
                                    out_stride: columns, rows: rows, inner: inner, columns: columns,
                                    activation: Int32(activation), scratch: scratch.baseAddress,
                                    factors: factors.isEmpty ? nil : factors.baseAddress)
                                multiply(&product)
                            }
                        }
                    }
                }
            }
        }
        #expect(scratch[scratch.count - 1].isNaN, "written beyond the scratch memory")
        return out
    }
}
