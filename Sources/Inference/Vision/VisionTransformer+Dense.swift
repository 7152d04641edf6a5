extension VisionTransformer {
    /// Memory for one lane whose encodings may include ``PatchOutputs/dense``.
    ///
    /// - Parameters:
    ///   - method: what makes the patches comparable with texts; one that the model's
    ///     ``ModelConfiguration/refusal(of:)`` has nothing against.
    ///   - texts: `[C, e]`, rows of length 1: what the patches will be compared with, for a method that
    ///     ``DenseMethod/needsTexts``.
    ///   - options: none but those ``DenseOptions/known(by:)`` the method.
    public func makeWorkspace(
        batchSize: Int, dense method: DenseMethod, texts: Matrix? = nil, options: DenseOptions = []
    ) -> VisionWorkspace {
        precondition(
            options.isSubset(of: .known(by: method)), "options \(options.rawValue) of \(method.rawValue)")
        return makeWorkspace(batchSize: batchSize) { body in
            method.branch(
                beside: transformer, body, side: gridHeight, imageSize: imageSize, projection, texts: texts,
                options: options)
        }
    }

    /// The same model for images of `size` × `size` pixels, positional embeddings interpolated as `method` has it; at its own
    /// size the model itself. Weights are shared.
    ///
    /// - Parameter size: at least a patch, at most 128 patches.
    public func resized(to size: Int, for method: DenseMethod) -> VisionTransformer {
        guard size != imageSize else { return self }
        let resized = VisionTransformerShape(
            imageSize: size, patchSize: shape.patchSize, transformer: shape.transformer)
        return VisionTransformer(
            self, shape: resized,
            positions: PositionGrid.resized(
                positions, from: shape.gridSize, to: resized.gridSize, width: width, by: method.recipe.positions))
    }
}
