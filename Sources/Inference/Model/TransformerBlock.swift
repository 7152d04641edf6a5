/// The weights of one residual block: x += attention(ln_1(x)); x += perceptron(ln_2(x)).
struct TransformerBlock: Sendable {
    let attentionNorm: LayerNorm
    /// Queries, keys and values, d columns each, heads side by side within each.
    let attentionInput: LinearLayer
    let attentionOutput: LinearLayer
    let perceptronNorm: LayerNorm
    let expansion: LinearLayer
    let contraction: LinearLayer

    init(_ tensors: TensorScope, _ shape: TransformerShape) throws(InferenceError) {
        let width = shape.width
        attentionNorm = try LayerNorm(tensors.scope("ln_1"), width: width)
        attentionInput = try LinearLayer(
            tensors.scope("attn"), weight: "in_proj_weight", bias: "in_proj_bias", inputs: width, outputs: 3 * width)
        attentionOutput = try LinearLayer(tensors.scope("attn.out_proj"), inputs: width, outputs: width)
        perceptronNorm = try LayerNorm(tensors.scope("ln_2"), width: width)
        expansion = try LinearLayer(tensors.scope("mlp.c_fc"), inputs: width, outputs: shape.mlpWidth)
        contraction = try LinearLayer(tensors.scope("mlp.c_proj"), inputs: shape.mlpWidth, outputs: width)
    }
}
