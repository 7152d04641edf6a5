/// A fully connected layer. The product and the bias come apart because each bias is added in the same pass over memory
/// as whatever follows it.
struct LinearLayer: Sendable {
    let inputs: Int
    let outputs: Int
    /// `[outputs, inputs]`.
    let weights: [Float]
    /// `[outputs]`.
    let bias: [Float]

    /// - Parameters:
    ///   - weight: the name of the weights below `tensors`; `in_proj_weight` has no dot where others have.
    init(
        _ tensors: TensorScope, weight: String = "weight", bias: String = "bias", inputs: Int, outputs: Int
    ) throws(InferenceError) {
        self.inputs = inputs
        self.outputs = outputs
        weights = try tensors.floats(weight, [outputs, inputs])
        self.bias = try tensors.floats(bias, [outputs])
    }

    /// `out = input · weightsᵀ`, without the bias, for the rows of `layout`.
    func multiply(_ input: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>, _ layout: RowLayout) {
        layout.multiply(input, by: weights, inner: inputs, columns: outputs, into: out)
    }
}
