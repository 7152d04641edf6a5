/// A learnt query that attends to all rows of an item, and what is behind it: how SigLIP, the Perception Encoder and CoCa pool
/// (docs/models.md §2.1, §7).
///
/// y = O(softmax(q kᵀ / √(d/heads)) v); z = y + perceptron(norm(y)), or norm(y). The query does not depend on the item, so its
/// projection is made once.
struct LatentPool: Sendable {
    /// What the attention's output goes through.
    enum Ending: Sendable {
        case norm(LayerNorm)
        case perceptron(norm: LayerNorm, expansion: PackedLayer, contraction: PackedLayer, Activation)
    }

    /// Columns of the rows that are attended to.
    let inputs: Int
    /// Columns of queries, keys, values and output.
    let width: Int
    let heads: Int
    /// `[width]`, divided by √(width/heads).
    let query: [Float]
    /// Keys and values, `width` columns each.
    let keysAndValues: PackedLayer
    let output: PackedLayer
    let ending: Ending

    /// Of timm's classes, with a perceptron.
    ///
    /// - Parameter body: of the encoder in front, whose width, activation and ε are the pool's too.
    init(
        _ tensors: TensorScope, heads: Int, mlpWidth: Int, body: TransformerShape
    ) throws(InferenceError) {
        (inputs, width, self.heads) = (body.width, body.width, heads)
        query = Self.projected(
            try tensors.floats("latent", [1, 1, width]), by: try tensors.floats("q.weight", [width, width]),
            bias: try tensors.floats("q.bias", [width]), heads: heads)
        keysAndValues = try PackedLayer(tensors.scope("kv"), inputs: width, outputs: 2 * width)
        output = try PackedLayer(tensors.scope("proj"), inputs: width, outputs: width)
        ending = .perceptron(
            norm: try LayerNorm(tensors.scope("norm"), width: width, epsilon: body.epsilon),
            expansion: try PackedLayer(tensors.scope("mlp.fc1"), inputs: width, outputs: mlpWidth),
            contraction: try PackedLayer(tensors.scope("mlp.fc2"), inputs: mlpWidth, outputs: width),
            body.activation)
    }

    /// Of open_clip's attentional pooler, with a norm.
    ///
    /// - Parameters:
    ///   - norm: what follows; it is the encoder's.
    ///   - inputs: the encoder's width.
    ///   - width: the pool's own.
    init(
        _ tensors: TensorScope, queries: Int, heads: Int, norm: LayerNorm, inputs: Int, width: Int
    ) throws(InferenceError) {
        (self.inputs, self.width, self.heads) = (inputs, width, heads)
        let attention = tensors.scope("attn")
        let area = width * width
        // PyTorch keeps them together where all have the same inputs.
        let (queryWeights, others): ([Float], [Float])
        if inputs == width {
            let whole = try attention.floats("in_proj_weight", [3 * width, width])
            (queryWeights, others) = (Array(whole[..<area]), Array(whole[area...]))
        } else {
            queryWeights = try attention.floats("q_proj_weight", [width, width])
            others =
                try attention.floats("k_proj_weight", [width, inputs])
                + (try attention.floats("v_proj_weight", [width, inputs]))
        }
        let bias = try attention.floats("in_proj_bias", [3 * width])
        let stored = try tensors.floats("query", [queries, width])
        let queryNorm = try LayerNorm(tensors.scope("ln_q"), width: width)
        var latent = [Float](repeating: 0, count: width)
        queryNorm.apply(stored, into: &latent, rows: 1)
        query = Self.projected(latent, by: queryWeights, bias: Array(bias[..<width]), heads: heads)
        keysAndValues = PackedLayer(
            weights: others, bias: Array(bias[width...]), inputs: inputs, outputs: 2 * width)
        output = try PackedLayer(attention.scope("out_proj"), inputs: width, outputs: width)
        ending = .norm(norm)
    }

    /// The query that attends, scaled; in double, as it is made once.
    private static func projected(_ latent: [Float], by weights: [Float], bias: [Float], heads: Int) -> [Float] {
        let width = latent.count
        let scale = 1 / Double(width / heads).squareRoot()
        return (0..<width).map { row in
            var sum = Double(bias[row])
            for column in 0..<width { sum += Double(weights[row * width + column]) * Double(latent[column]) }
            return Float(sum * scale)
        }
    }

    /// Hidden values of the perceptron, if there is one.
    var mlpWidth: Int {
        if case .perceptron(_, let expansion, _, _) = ending { expansion.outputs } else { 0 }
    }

    var scratchFloats: Int {
        var layers = [keysAndValues, output]
        if case .perceptron(_, let expansion, let contraction, _) = ending { layers += [expansion, contraction] }
        return layers.map(\.scratchFloats).max() ?? 0
    }

    /// Multiply-adds for an item of so many rows.
    func multiplyAdds(rows: Int) -> Int {
        rows * 2 * width * (inputs + 1) + width * (width + 2 * mlpWidth)
    }
}
