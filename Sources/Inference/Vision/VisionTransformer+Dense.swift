extension VisionTransformer {
    /// The encoder with a dense method beside it.
    ///
    /// - Parameters:
    ///   - method: what makes the patches comparable with texts; one that the model's
    ///     ``ModelConfiguration/refusal(of:)`` has nothing against.
    ///   - texts: `[C, e]`, rows of length 1: what the patches will be compared with, for a method that
    ///     ``DenseMethod/needsTexts``.
    ///   - options: none but those ``DenseOptions/known(by:)`` the method.
    public func dense(_ method: DenseMethod, texts: Matrix? = nil, options: DenseOptions = []) -> DenseEncoder {
        precondition(
            options.isSubset(of: .known(by: method)), "options \(options.rawValue) of \(method.rawValue)")
        return DenseEncoder(self, method.recipe(options), texts: texts)
    }

    /// The same model for images of `size` × `size` pixels, positional embeddings interpolated as `method` has it; at its own
    /// size the model itself. Weights are shared.
    ///
    /// - Parameters:
    ///   - size: at least a patch, at most 128 patches.
    ///   - options: those of the sessions to come.
    public func resized(to size: Int, for method: DenseMethod, options: DenseOptions = []) -> VisionTransformer {
        guard size != imageSize else { return self }
        let resized = shape.resized(to: size)
        return VisionTransformer(
            self, shape: resized,
            positions: PositionGrid.resized(
                positions, from: shape.gridSize, to: resized.gridSize, classRows: shape.classRows, width: width,
                by: method.recipe(options).positions))
    }
}
