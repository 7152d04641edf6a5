import CKernels

/// A fully connected layer, or a 1×1 convolution, with its weights in the order in which the kernel of `CKernels` reads
/// them.
///
/// OpenBLAS reorders the weights at every call; here it is done once, and bias, shortcut and activation are applied while
/// the sums are still in registers. Above all a row's bits depend on that row alone, so any items may share a product,
/// which OpenBLAS promises of no shape.
struct PackedLayer: Sendable {
    enum Activation {
        case none
        /// max(x, 0).
        case rectified
        case gelu
        /// x · σ(1.702 x).
        case quickGelu
        /// GELU's approximation by tanh.
        case tanhGelu

        fileprivate var code: Int32 {
            switch self {
            case .none: Int32(ENTENTE_PLAIN)
            case .rectified: Int32(ENTENTE_RECTIFIED)
            case .gelu: Int32(ENTENTE_GELU)
            case .quickGelu: Int32(ENTENTE_QUICK_GELU)
            case .tanhGelu: Int32(ENTENTE_TANH_GELU)
            }
        }
    }

    let inputs: Int
    let outputs: Int
    private let panels: AlignedFloats
    /// `[outputs]`, or nothing.
    private let bias: [Float]

    /// - Parameters:
    ///   - weights: `[outputs, inputs]`.
    ///   - bias: `[outputs]`, or empty for none.
    init(weights: [Float], bias: [Float], inputs: Int, outputs: Int) {
        precondition(
            weights.count == inputs * outputs && (bias.isEmpty || bias.count == outputs),
            "\(weights.count) weights and \(bias.count) biases for [\(outputs), \(inputs)]")
        (self.inputs, self.outputs, self.bias) = (inputs, outputs, bias)
        let width = RowKernels.current.panel_columns
        panels = AlignedFloats(count: (outputs + width - 1) / width * width * inputs) {
            RowKernels.current.pack(weights, $0, outputs, inputs)
        }
    }

    /// Floats of `scratch` that ``apply(_:rows:adding:_:into:scratch:)`` needs.
    var scratchFloats: Int { max(14, Int(ENTENTE_BLOCK_FLOATS) / inputs) * (inputs + 16) }

    /// `out = activation(input · weightsᵀ + bias + addend)`.
    ///
    /// - Parameters:
    ///   - input: `[rows, inputs]`.
    ///   - addend: `[rows, outputs]`; may be `out`.
    ///   - out: `[rows, outputs]`.
    func apply(
        _ input: UnsafePointer<Float>, rows: Int, adding addend: UnsafePointer<Float>? = nil,
        _ activation: Activation = .none, into out: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
    ) {
        bias.withUnsafeBufferPointer { bias in
            var product = entente_product(
                a: input, a_stride: inputs, panels: panels.base, bias: bias.isEmpty ? nil : bias.baseAddress,
                addend: addend, out: out, out_stride: outputs, rows: rows, inner: inputs, columns: outputs,
                activation: activation.code, scratch: scratch)
            RowKernels.current.product(&product)
        }
    }
}
