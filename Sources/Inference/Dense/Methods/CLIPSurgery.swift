extension DenseRecipe {
    /// CLIP Surgery (Li et al., 2023; repository xmed-lab/CLIP_Surgery), the surgery on the architecture: a second path from
    /// the sixth block from the end on, in which patches attend by the likeness of their values, without perceptrons. It is six
    /// blocks whatever the model's depth. The surgery on the features is ``PatchSimilarity/surgery(patches:image:texts:empty:)``.
    static let clipSurgery = DenseRecipe(
        blocks: 6, attention: .similarity([.value]), keepsResidual: true, positions: .bilinear)
}
