/// The methods side by side (docs/dense.md §2 describes them and names papers and repositories).
extension DenseRecipe {
    /// The tokens that the model itself ends with, projected like its class token. What contrastive training never asked of
    /// them: maps are noisy, and often light up where the object is not.
    static let raw = DenseRecipe(blocks: 0, attention: .identity)

    /// MaskCLIP: in the last block every patch keeps its own value instead of mixing others'. As its ViT code does, and unlike many
    /// who use it since, shortcut and perceptron stay, and positions go to the exact size of another grid.
    static let maskclip = DenseRecipe(
        attention: .identity, keepsResidual: true, keepsPerceptron: true, positions: .bicubic(excess: 0))

    /// CLIP Surgery, the surgery on the architecture: a second path from the sixth block from the end on, in which patches attend by
    /// the likeness of their values, without perceptrons. It is six blocks whatever the model's depth. The surgery on the features is
    /// ``PatchSimilarity/surgery(patches:image:texts:empty:)``.
    static let clipSurgery = DenseRecipe(
        blocks: 6, attention: .similarity([.value]), keepsResidual: true, positions: .bilinear)

    /// SCLIP: the last block attends by the likeness of queries and by that of keys, the two maps added and not halved; shortcut
    /// and perceptron stay.
    static let sclip = DenseRecipe(
        attention: .similarity([.query, .key]), keepsResidual: true, keepsPerceptron: true)

    /// NACLIP: the last block attends by the likeness of keys, with a Gaussian of the patches' distance added before the softmax;
    /// nothing else of the block stays.
    static let naclip = DenseRecipe(attention: .similarity([.key], window: NeighbourWindow(deviation: 5)))

    /// ClearCLIP: the last block attends by the likeness of queries, and neither shortcut nor perceptron, which carry the noise,
    /// stay.
    static let clearclip = DenseRecipe(attention: .similarity([.query]))

    /// ResCLIP: NACLIP's attention, mixed with the mean attention of middle blocks and, in a second pass, with which patches the
    /// first pass gave the same text. Its factors are tuned for each dataset; these are the middle ones.
    static let resclip = DenseRecipe(attention: .resclip(ResCLIP()))

    /// SC-CLIP: tokens unlike all around them are replaced by their neighbours, middle blocks' likeness guides the last block's
    /// attention and smooths what goes in and comes out, and the sum of middle blocks takes the same way.
    static let scClip = DenseRecipe(attention: .scClip(SCCLIP()))

    /// CLIPtrase: the last block attends by the likeness of queries, of keys and of values, the three maps added; shortcut and
    /// perceptron stay. What the block before it finds alike becomes regions, ``PatchClusters``, that vote for a text.
    static let cliptrase = DenseRecipe(
        attention: .similarity([.query, .key, .value]), keepsResidual: true, keepsPerceptron: true, findsRegions: true)

    /// AnoCLIP: CLIP Surgery's second path beside twelve blocks, all of a base model's, compared with an object's normal and
    /// abnormal states, ``AnomalyPrompts``. Without its adaptation at test time. Its code makes the model at the wanted size, so that
    /// positions are resized as they are at load.
    static let anoclip = DenseRecipe(
        blocks: 12, attention: .similarity([.value]), keepsResidual: true, positions: .antialiased)
}
