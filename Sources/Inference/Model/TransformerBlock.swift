/// The weights of one residual block: x += attention(ln_1(x)); x += perceptron(ln_2(x)). With inner norms and a gate
/// attention is O(norm(weighted values)) and the perceptron C(norm(act(G x) · E x)).
struct TransformerBlock: Sendable {
    let attentionNorm: LayerNorm
    /// Queries, keys and values, d columns each, heads side by side within each.
    let attentionInput: PackedLayer
    /// Of the weighted values, if the model has one.
    private let valuesNorm: LayerNorm?
    private let attentionOutput: PackedLayer
    let perceptronNorm: LayerNorm
    private let gate: PackedLayer?
    private let expansion: PackedLayer
    /// Of the hidden values, if the model has one.
    private let hiddenNorm: LayerNorm?
    private let contraction: PackedLayer
    private let activation: Activation

    init(_ tensors: TensorScope, _ shape: TransformerShape) throws(InferenceError) {
        let width = shape.width
        activation = shape.activation
        attentionNorm = try LayerNorm(tensors.scope("ln_1"), width: width, epsilon: shape.epsilon)
        let attention = tensors.scope("attn")
        attentionInput = try PackedLayer(
            attention, weight: "in_proj_weight", inputs: width, outputs: 3 * width, bias: "in_proj_bias",
            precision: shape.precision)
        func gain(_ name: String) throws(InferenceError) -> [Float] {
            shape.hasLayerScale ? try tensors.scope(name).floats("gamma", [width]) : []
        }
        func innerNorm(_ name: String, width: Int) throws(InferenceError) -> LayerNorm? {
            shape.hasInnerNorms ? try LayerNorm(tensors.scope(name), width: width, epsilon: shape.epsilon) : nil
        }
        valuesNorm = try innerNorm("attn.norm", width: width)
        hiddenNorm = try innerNorm("mlp.norm", width: shape.mlpWidth)
        attentionOutput = try PackedLayer(
            tensors.scope("attn.out_proj"), inputs: width, outputs: width, gain: gain("ls_1"),
            precision: shape.precision)
        perceptronNorm = try LayerNorm(tensors.scope("ln_2"), width: width, epsilon: shape.epsilon)
        func hidden(_ name: String) throws(InferenceError) -> PackedLayer {
            try PackedLayer(
                tensors.scope(name), inputs: width, outputs: shape.mlpWidth, precision: shape.precision)
        }
        expansion = try hidden("mlp.c_fc")
        gate = shape.isGated ? try hidden("mlp.gate") : nil
        contraction = try PackedLayer(
            tensors.scope("mlp.c_proj"), inputs: shape.mlpWidth, outputs: width, gain: gain("ls_2"),
            precision: shape.precision)
    }

    /// Floats of scratch memory that its products need.
    var scratchFloats: Int {
        [attentionInput, attentionOutput, expansion, contraction].map(\.scratchFloats).max() ?? 0
    }

    /// `out = O(values) + addend`, with the values normed first, in place, if the model does that.
    ///
    /// - Parameters:
    ///   - values: what attention has weighted, `[rows, d]`.
    ///   - addend: `[rows, d]`; may be `out`.
    func joinHeads(
        _ values: UnsafeMutablePointer<Float>, rows: Int, adding addend: UnsafePointer<Float>? = nil,
        into out: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
    ) {
        valuesNorm?.apply(values, into: values, rows: rows)
        attentionOutput.apply(values, rows: rows, adding: addend, into: out, scratch: scratch)
    }

    /// `target += perceptron(rows)`, both `[count, d]`.
    ///
    /// - Parameter hidden: room for `[count, mlpWidth]`, twice of a gated one.
    func applyPerceptron(
        _ rows: UnsafePointer<Float>, count: Int, addingTo target: UnsafeMutablePointer<Float>,
        hidden: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
    ) {
        if let gate {
            let gates = hidden + count * gate.outputs
            gate.apply(rows, rows: count, activation, into: gates, scratch: scratch)
            expansion.apply(rows, rows: count, into: hidden, scratch: scratch)
            RowKernels.current.multiply(hidden, gates, count * gate.outputs)
        } else {
            expansion.apply(rows, rows: count, activation, into: hidden, scratch: scratch)
        }
        hiddenNorm?.apply(hidden, into: hidden, rows: count)
        contraction.apply(hidden, rows: count, adding: target, into: target, scratch: scratch)
    }
}
