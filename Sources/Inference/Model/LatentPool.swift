/// A learnt query that attends to all rows of an item, and a perceptron behind it: how SigLIP and the Perception Encoder pool
/// (docs/models.md §2.1).
///
/// y = O(softmax(q kᵀ / √(d/heads)) v); z = y + perceptron(norm(y)). The query does not depend on the item, so its projection is
/// made once.
struct LatentPool: Sendable {
    let width: Int
    let shape: LatentPoolShape
    let activation: Activation
    /// `[d]`, divided by √(d/heads).
    let query: [Float]
    /// Keys and values, d columns each.
    let keysAndValues: PackedLayer
    let output: PackedLayer
    let norm: LayerNorm
    let expansion: PackedLayer
    let contraction: PackedLayer

    /// - Parameter body: of the encoder in front, whose width, activation and ε are the pool's too.
    init(_ tensors: TensorScope, _ shape: LatentPoolShape, body: TransformerShape) throws(InferenceError) {
        self.shape = shape
        width = body.width
        activation = body.activation
        let latent = try tensors.floats("latent", [1, 1, width])
        let weights = try tensors.floats("q.weight", [width, width])
        let bias = try tensors.floats("q.bias", [width])
        let scale = 1 / Double(width / shape.heads).squareRoot()
        query = (0..<body.width).map { row in
            // In double, as it is made once.
            var sum = Double(bias[row])
            for column in 0..<latent.count {
                sum += Double(weights[row * latent.count + column]) * Double(latent[column])
            }
            return Float(sum * scale)
        }
        keysAndValues = try PackedLayer(tensors.scope("kv"), inputs: width, outputs: 2 * width)
        output = try PackedLayer(tensors.scope("proj"), inputs: width, outputs: width)
        norm = try LayerNorm(tensors.scope("norm"), width: width, epsilon: body.epsilon)
        expansion = try PackedLayer(tensors.scope("mlp.fc1"), inputs: width, outputs: shape.mlpWidth)
        contraction = try PackedLayer(tensors.scope("mlp.fc2"), inputs: shape.mlpWidth, outputs: width)
    }

    /// Multiply-adds for an item of so many rows.
    func multiplyAdds(rows: Int) -> Int {
        rows * 2 * width * (width + 1) + width * (width + 2 * shape.mlpWidth)
    }
}
