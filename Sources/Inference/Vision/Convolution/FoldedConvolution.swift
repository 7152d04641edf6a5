/// A stored convolution without bias, with the batch norm that follows it folded in.
struct FoldedConvolution {
    let inputs: Int
    let outputs: Int
    let side: Int
    /// `[outputs, inputs, side, side]`.
    let weights: [Float]
    /// `[outputs]`.
    let bias: [Float]
    private let tensors: TensorScope
    /// Of the weights below `tensors`.
    private let name: String

    private static let epsilon: Float = 1e-5

    /// - Parameters:
    ///   - convolution: name of the weights below `tensors`.
    ///   - norm: name of the batch norm.
    init(
        _ tensors: TensorScope, _ convolution: String, norm: String, inputs: Int, outputs: Int, side: Int = 1
    ) throws(InferenceError) {
        (self.inputs, self.outputs, self.side) = (inputs, outputs, side)
        (self.tensors, name) = (tensors, "\(convolution).weight")
        var weights = try tensors.floats(name, [outputs, inputs, side, side])
        let norm = tensors.scope(norm)
        let gain = try norm.floats("weight", [outputs])
        let shift = try norm.floats("bias", [outputs])
        let mean = try norm.floats("running_mean", [outputs])
        let variance = try norm.variances("running_var", [outputs])
        let scales = (0..<outputs).map { gain[$0] / (variance[$0] + Self.epsilon).squareRoot() }
        let each = inputs * side * side
        for index in weights.indices { weights[index] *= scales[index / each] }
        self.weights = weights
        bias = (0..<outputs).map { shift[$0] - mean[$0] * scales[$0] }
    }

    /// A 1×1 convolution as what it is.
    func layer(_ precision: Precision) throws(InferenceError) -> PackedLayer {
        precondition(side == 1, "a \(side)×\(side) convolution is no layer")
        return try tensors.layer(
            name, weights: weights, bias: bias, inputs: inputs, outputs: outputs, precision: precision)
    }
}
