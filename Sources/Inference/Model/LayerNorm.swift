/// A layer norm over d values.
struct LayerNorm: Sendable {
    /// `[d]`.
    let gain: [Float]
    /// `[d]`.
    let bias: [Float]
    /// What is added to the variance.
    let epsilon: Float

    init(_ tensors: TensorScope, width: Int, epsilon: Float = 1e-5) throws(InferenceError) {
        self.epsilon = epsilon
        gain = try tensors.floats("weight", [width])
        bias = try tensors.floats("bias", [width])
    }

    /// `out = norm(input)`, both `[rows, d]`; may work in place.
    func apply(_ input: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>, rows: Int) {
        RowKernels.current.layer_norm(input, gain, bias, epsilon, out, rows, gain.count)
    }
}
