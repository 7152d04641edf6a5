import CKernels

/// A fully connected layer, or a 1×1 convolution, with its weights in the order in which the kernel of `CKernels` reads
/// them.
///
/// OpenBLAS reorders the weights at every call; here it is done once, and bias, shortcut and activation are applied while
/// the sums are still in registers. Above all a row's bits depend on that row alone, so any items may share a product,
/// which OpenBLAS promises of no shape.
struct PackedLayer: Sendable {
    let inputs: Int
    let outputs: Int
    private let precision: Precision
    /// As the kernels of the precision have packed them, whatever they are.
    private let panels: AlignedFloats
    /// `[outputs]`, or nothing.
    private let bias: [Float]
    /// `[inputs]`, what a row is multiplied by before it is narrowed, or nothing.
    private let factors: [Float]
    /// Sees every row that comes, where somebody wants to know of them.
    private let probe: ActivationProbe?

    /// - Parameters:
    ///   - weights: `[outputs, inputs]`.
    ///   - bias: `[outputs]`, or empty for none.
    ///   - precision: what is computed in; of inputs beyond ``widestInt8``, int8 is fp32.
    ///   - exponents: `[inputs]`, of ``Smoothing``, or empty for none; of int8 alone.
    ///   - probe: sees the rows.
    init(
        weights: [Float], bias: [Float], inputs: Int, outputs: Int, precision: Precision = .fp32,
        exponents: [Int8] = [], probe: ActivationProbe? = nil
    ) {
        precondition(
            weights.count == inputs * outputs && (bias.isEmpty || bias.count == outputs),
            "\(weights.count) weights and \(bias.count) biases for [\(outputs), \(inputs)]")
        (self.inputs, self.outputs, self.bias) = (inputs, outputs, bias)
        self.precision = precision == .int8 && inputs > Self.widestInt8 ? .fp32 : precision
        precondition(
            exponents.isEmpty || (self.precision == .int8 && exponents.count == inputs),
            "\(exponents.count) exponents for \(inputs) inputs in \(self.precision)")
        factors = exponents.map { Float(sign: .plus, exponent: -Int($0), significand: 1) }
        self.probe = probe
        var weights = weights
        for (input, exponent) in exponents.enumerated() where exponent != 0 {
            let factor = Float(sign: .plus, exponent: Int(exponent), significand: 1)
            for place in stride(from: input, to: weights.count, by: inputs) { weights[place] *= factor }
        }
        let packing = RowKernels.packing(self.precision)
        let size = (outputs + packing.panel_columns - 1) / packing.panel_columns * packing.panel_size(inputs)
        // Panels are of whole groups of sixteen columns, so their bytes are whole floats.
        panels = AlignedFloats(count: size / MemoryLayout<Float>.stride) {
            packing.pack(weights, $0, outputs, inputs)
        }
    }

    /// Beyond so many inputs a sum of int8 products might leave 32 bits.
    static let widestInt8 = Int(ENTENTE_INT8_INNER)

    /// Floats of `scratch` that ``apply(_:rows:adding:_:into:scratch:)`` needs.
    var scratchFloats: Int { entente_product_scratch(inputs) }

    /// `out = activation(input · weightsᵀ + bias + addend)`.
    ///
    /// - Parameters:
    ///   - input: `[rows, inputs]`.
    ///   - addend: `[rows, outputs]`; may be `out`.
    ///   - columns: which outputs are wanted, all by default; up to a panel's worth before the first may be made, too.
    ///   - withBias: false leaves the bias to the caller.
    ///   - out: `[rows, outputs]`.
    func apply(
        _ input: UnsafePointer<Float>, rows: Int, adding addend: UnsafePointer<Float>? = nil,
        _ activation: Activation? = nil, columns: Range<Int>? = nil, withBias: Bool = true,
        into out: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>
    ) {
        let (packing, columns) = (RowKernels.packing(precision), columns ?? 0..<outputs)
        let panel = columns.lowerBound / packing.panel_columns
        let first = panel * packing.panel_columns
        probe?.see(input, count: rows)
        bias.withUnsafeBufferPointer { bias in
            factors.withUnsafeBufferPointer { factors in
                var product = entente_product(
                    a: input, a_stride: inputs,
                    panels: UnsafeRawPointer(panels.base) + panel * packing.panel_size(inputs),
                    bias: bias.isEmpty || !withBias ? nil : bias.baseAddress.map { $0 + first },
                    addend: addend.map { $0 + first }, out: out + first, out_stride: outputs, rows: rows,
                    inner: inputs, columns: columns.upperBound - first,
                    activation: activation?.code ?? Int32(ENTENTE_PLAIN), scratch: scratch,
                    factors: factors.isEmpty ? nil : factors.baseAddress)
                packing.product(&product)
            }
        }
    }

    /// Adds the bias to `[rows, outputs]`, in place.
    func addBias(_ rows: UnsafeMutablePointer<Float>, _ count: Int) {
        guard !bias.isEmpty else { return }
        RowKernels.current.add_bias(rows, bias, count, outputs)
    }
}

extension Activation {
    /// What the kernel calls it.
    fileprivate var code: Int32 {
        switch self {
        case .gelu: Int32(ENTENTE_GELU)
        case .quickGelu: Int32(ENTENTE_QUICK_GELU)
        case .tanhGelu: Int32(ENTENTE_TANH_GELU)
        case .silu: Int32(ENTENTE_SILU)
        case .rectified: Int32(ENTENTE_RECTIFIED)
        }
    }
}
