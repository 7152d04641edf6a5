extension DenseRecipe {
    /// SCLIP (Wang et al., ECCV 2024; repository wangf3014/SCLIP): the last block attends by the likeness of queries and by
    /// that of keys, the two maps added and not halved; shortcut and perceptron stay.
    static let sclip = DenseRecipe(
        attention: .similarity([.query, .key]), keepsResidual: true, keepsPerceptron: true)
}
