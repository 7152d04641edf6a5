extension DenseRecipe {
    /// AnoCLIP (Deng et al., 2023; repository hq-deng/AnoVL): CLIP Surgery's second path beside twelve blocks, all of a base
    /// model's, compared with an object's normal and abnormal states, ``AnomalyPrompts``. Without its adaptation at test time.
    static let anoclip = DenseRecipe(blocks: 12, attention: .similarity([.value]), keepsResidual: true)
}
