extension DenseRecipe {
    /// SC-CLIP (Bai et al., 2024; repository SuleBai/SC-CLIP): tokens unlike all around them are replaced by their
    /// neighbours, middle blocks' likeness guides the last block's attention and smooths what goes in and comes out, and the sum
    /// of middle blocks takes the same way.
    static let scClip = DenseRecipe(attention: .calibrated(SelfCalibration()))
}
