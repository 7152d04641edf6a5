extension DenseMethod {
    /// - Parameter texts: `[C, e]`, rows of length 1, if ``needsTexts``.
    func branch(
        beside transformer: Transformer, _ body: TransformerWorkspace, side: Int, imageSize: Int,
        _ projection: PooledProjection, texts: Matrix?, options: DenseOptions
    ) -> DenseBranch {
        let recipe = recipe(options)
        switch recipe.attention {
        case .feedback(let feedback):
            guard let texts else { preconditionFailure("\(rawValue) without texts") }
            return FeedbackBranch(
                feedback, texts: texts, imageSize: imageSize, transformer, body, side: side, projection)
        case .calibrated(let calibration):
            return CalibratedBranch(calibration, transformer, body, side: side, projection)
        case .identity, .similarity:
            return recipe.findsRegions
                ? RegionBranch(recipe, transformer, body, side: side, projection)
                : PathBranch(recipe, transformer, body, side: side, projection)
        }
    }
}
