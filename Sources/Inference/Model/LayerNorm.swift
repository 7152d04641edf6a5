/// Gain and bias of a layer norm over d values (ε = 10⁻⁵).
struct LayerNorm: Sendable {
    /// `[d]`.
    let gain: [Float]
    /// `[d]`.
    let bias: [Float]

    init(_ tensors: TensorScope, width: Int) throws(InferenceError) {
        gain = try tensors.floats("weight", [width])
        bias = try tensors.floats("bias", [width])
    }

    /// `out = norm(input)`, both `[rows, d]`; may work in place.
    func apply(_ input: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>, rows: Int) {
        RowKernels.best.layer_norm(input, gain, bias, out, rows, gain.count)
    }
}
