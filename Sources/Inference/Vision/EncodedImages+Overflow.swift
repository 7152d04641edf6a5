extension EncodedImages {
    /// Why nothing can be computed from image `image`: one of its results holds a value that is not finite. nil if all do well.
    ///
    /// Finite weights do not keep it from happening: what they make on the way may leave the range of 32-bit floats, and
    /// whatever is computed from an infinity looks like a result.
    ///
    /// - Parameter name: the picture's, for the message.
    public func overflow(of image: Int, named name: String) -> InferenceError? {
        let results = [
            ("embedding", embeddings.row(image)), ("patch tokens", Self.values(patchTokens, of: image)),
            ("patch keys", Self.values(patchKeys, of: image)), ("dense patches", Self.values(densePatches, of: image)),
            ("correlation of patches", Self.values(correlations, of: image)),
        ]
        for (result, values) in results {
            guard let value = values.firstNotFinite else { continue }
            return InferenceError(
                .encoderOverflow,
                "\(PictureName(name)): the model's vision encoder overflows on the picture, whose \(result) holds \(value); take another "
                    + "picture, or another model if entente models verify says the same")
        }
        return nil
    }

    private static func values(_ matrices: [Matrix], of image: Int) -> ArraySlice<Float> {
        image < matrices.count ? matrices[image].elements[...] : []
    }
}

extension Collection<Float> {
    /// The first infinity or NaN.
    var firstNotFinite: Float? { first { !$0.isFinite } }
}
