extension DenseRecipe {
    /// ClearCLIP (Lan et al., ECCV 2024; repository mc-lan/ClearCLIP): the last block attends by the likeness of queries, and
    /// neither shortcut nor perceptron, which carry the noise, stay.
    static let clearclip = DenseRecipe(attention: .similarity([.query]))
}
