/// The weights of one residual block: x += attention(ln_1(x)); x += perceptron(ln_2(x)).
struct TransformerBlock: Sendable {
    let attentionNorm: LayerNorm
    /// Queries, keys and values, d columns each, heads side by side within each.
    let attentionInput: PackedLayer
    let attentionOutput: PackedLayer
    let perceptronNorm: LayerNorm
    let expansion: PackedLayer
    let contraction: PackedLayer

    init(_ tensors: TensorScope, _ shape: TransformerShape) throws(InferenceError) {
        let width = shape.width
        attentionNorm = try LayerNorm(tensors.scope("ln_1"), width: width, epsilon: shape.epsilon)
        let attention = tensors.scope("attn")
        attentionInput = try PackedLayer(
            attention, weight: "in_proj_weight", inputs: width, outputs: 3 * width, bias: "in_proj_bias",
            precision: shape.precision)
        func gain(_ name: String) throws(InferenceError) -> [Float] {
            shape.hasLayerScale ? try tensors.scope(name).floats("gamma", [width]) : []
        }
        attentionOutput = try PackedLayer(
            tensors.scope("attn.out_proj"), inputs: width, outputs: width, gain: gain("ls_1"),
            precision: shape.precision)
        perceptronNorm = try LayerNorm(tensors.scope("ln_2"), width: width, epsilon: shape.epsilon)
        expansion = try PackedLayer(
            tensors.scope("mlp.c_fc"), inputs: width, outputs: shape.mlpWidth, precision: shape.precision)
        contraction = try PackedLayer(
            tensors.scope("mlp.c_proj"), inputs: shape.mlpWidth, outputs: width, gain: gain("ls_2"),
            precision: shape.precision)
    }
}
