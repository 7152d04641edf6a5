extension PackedLayer {
    /// A stored layer.
    ///
    /// - Parameters:
    ///   - weight: the name of the weights below `tensors`; `in_proj_weight` has no dot where others have.
    ///   - isConvolution: whether the weights are stored as those of a 1×1 convolution.
    ///   - gain: what each output is multiplied by, if anything.
    init(
        _ tensors: TensorScope, weight: String = "weight", inputs: Int, outputs: Int, hasBias: Bool = true,
        isConvolution: Bool = false,
        gain: [Float] = []
    ) throws(InferenceError) {
        var weights = try tensors.floats(weight, [outputs, inputs] + (isConvolution ? [1, 1] : []))
        var bias = hasBias ? try tensors.floats("bias", [outputs]) : []
        for (output, gain) in gain.enumerated() {
            if hasBias { bias[output] *= gain }
            for index in output * inputs..<(output + 1) * inputs { weights[index] *= gain }
        }
        self.init(weights: weights, bias: bias, inputs: inputs, outputs: outputs)
    }
}
