/// The weights of one residual block: x += attention(ln_1(x)); x += perceptron(ln_2(x)).
struct TransformerBlock: Sendable {
    let attentionNorm: LayerNorm
    /// Queries, keys and values, d columns each, heads side by side within each; without their bias.
    let attentionInput: PackedLayer
    /// `[3d]`.
    let attentionBias: [Float]
    let attentionOutput: PackedLayer
    let perceptronNorm: LayerNorm
    let expansion: PackedLayer
    let contraction: PackedLayer

    init(_ tensors: TensorScope, _ shape: TransformerShape) throws(InferenceError) {
        let width = shape.width
        attentionNorm = try LayerNorm(tensors.scope("ln_1"), width: width)
        let attention = tensors.scope("attn")
        attentionInput = try PackedLayer(
            attention, weight: "in_proj_weight", inputs: width, outputs: 3 * width, hasBias: false)
        attentionBias = try attention.floats("in_proj_bias", [3 * width])
        attentionOutput = try PackedLayer(tensors.scope("attn.out_proj"), inputs: width, outputs: width)
        perceptronNorm = try LayerNorm(tensors.scope("ln_2"), width: width)
        expansion = try PackedLayer(tensors.scope("mlp.c_fc"), inputs: width, outputs: shape.mlpWidth)
        contraction = try PackedLayer(tensors.scope("mlp.c_proj"), inputs: shape.mlpWidth, outputs: width)
    }
}
