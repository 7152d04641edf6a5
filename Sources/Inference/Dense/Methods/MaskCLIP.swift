extension DenseRecipe {
    /// MaskCLIP (Zhou et al., ECCV 2022; repository chongzhou96/MaskCLIP): in the last block every patch keeps its own value
    /// instead of mixing others'. As its ViT code does, and unlike many who use it since, shortcut and perceptron stay.
    static let maskclip = DenseRecipe(attention: .identity, keepsResidual: true, keepsPerceptron: true)
}
