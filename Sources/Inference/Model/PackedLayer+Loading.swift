extension PackedLayer {
    /// A stored layer.
    ///
    /// - Parameters:
    ///   - weight: the name of the weights below `tensors`; `in_proj_weight` has no dot where others have.
    ///   - biasName: that of the bias; nil for none.
    ///   - isConvolution: whether the weights are stored as those of a 1×1 convolution.
    ///   - gain: what each output is multiplied by, if anything.
    ///   - precision: what is computed in.
    init(
        _ tensors: TensorScope, weight: String = "weight", inputs: Int, outputs: Int, bias biasName: String? = "bias",
        isConvolution: Bool = false, gain: [Float] = [],
        precision: Precision = .fp32
    ) throws(InferenceError) {
        var weights = try tensors.floats(weight, [outputs, inputs] + (isConvolution ? [1, 1] : []))
        var bias: [Float] = []
        if let biasName { bias = try tensors.floats(biasName, [outputs]) }
        for (output, gain) in gain.enumerated() {
            if !bias.isEmpty { bias[output] *= gain }
            for index in output * inputs..<(output + 1) * inputs { weights[index] *= gain }
        }
        self = try tensors.layer(
            weight, weights: weights, bias: bias, inputs: inputs, outputs: outputs, precision: precision)
    }
}
