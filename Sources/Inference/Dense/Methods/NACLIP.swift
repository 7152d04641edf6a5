extension DenseRecipe {
    /// NACLIP (Hajimiri et al., WACV 2025; repository sinahmr/NACLIP): the last block attends by the likeness of keys, with a
    /// Gaussian of the patches' distance added before the softmax; nothing else of the block stays.
    static let naclip = DenseRecipe(attention: .similarity([.key], window: NeighbourWindow(deviation: 5)))
}
