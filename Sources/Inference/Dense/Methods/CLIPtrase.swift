extension DenseRecipe {
    /// CLIPtrase (Shao et al., ECCV 2024; repository leaves162/CLIPtrase): the last block attends by the likeness of queries,
    /// of keys and of values, the three maps added; shortcut and perceptron stay. What the block before it finds alike becomes
    /// regions, ``PatchClusters``, that vote for a text.
    static let cliptrase = DenseRecipe(
        attention: .similarity([.query, .key, .value]), keepsResidual: true, keepsPerceptron: true, findsRegions: true)
}
