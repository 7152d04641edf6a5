extension DenseRecipe {
    /// The tokens that the model itself ends with, projected like its class token. What contrastive training never asked of
    /// them: maps are noisy, and often light up where the object is not.
    static let raw = DenseRecipe(blocks: 0, attention: .identity)
}
