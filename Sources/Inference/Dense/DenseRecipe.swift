/// What a dense method changes in a vision transformer.
///
/// The model's own path runs on unchanged beside it, so that one pass gives the image's embedding too. The method's path starts
/// where its first block does: from the stream there (`keepsResidual`) or from nothing. Each of its blocks adds
/// `O(A v)`, with q, k and v of the model's own path and A by ``attention``; behind the last block comes that block's
/// perceptron (`keepsPerceptron`) or none. What stands in the patches' rows then goes through the final norm and projection.
struct DenseRecipe: Sendable {
    /// What stands in the place of softmax(q kᵀ / √(d/heads)).
    enum Attention: Sendable {
        /// Each row sees itself alone: A = 1.
        case identity
        /// The sum over the projections x of softmax(x xᵀ / √(d/heads) + w), where w is the neighbours' window, if there is one.
        case similarity([HeadAttention.Projection], window: NeighbourWindow? = nil)
        /// Twice: the first result says what belongs together in the second.
        case resclip(ResCLIP)
        /// By what earlier blocks find alike, of the patches alone.
        case scClip(SCCLIP)
    }

    /// How many blocks at the end the method's path goes through; 0 reads the model's own output.
    var blocks = 1
    var attention: Attention
    var keepsResidual = false
    var keepsPerceptron = false
    /// How positional embeddings are brought to another grid.
    var positions = PositionGrid.Method.customary
    /// Whether the block before the last says which patches are alike.
    var findsRegions = false

    /// Whether the patches depend on the texts that they will be compared with.
    var needsTexts: Bool {
        if case .resclip = attention { true } else { false }
    }

    /// Where the papers' block numbers, which are those of a model of twelve blocks, lie in another: deeper models keep the
    /// numbers, as the released code does; in a shallower one they move with its depth.
    ///
    /// - Returns: from 1 on.
    static func block(_ number: Int, of layers: Int) -> Int {
        layers >= 12 ? number : max((number * layers + 6) / 12, 1)
    }
}
