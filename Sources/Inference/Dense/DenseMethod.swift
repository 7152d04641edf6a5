/// A way to make a CLIP vision transformer's patches comparable with texts, without training (docs/dense.md §2).
public enum DenseMethod: String, Sendable, Hashable, Codable, CaseIterable {
    case raw, maskclip
    case clipSurgery = "clip-surgery"
    case sclip, naclip, clearclip, resclip
    case scClip = "sc-clip"
    case cliptrase, anoclip

    /// What the method changes; all of them on one page.
    var recipe: DenseRecipe {
        switch self {
        case .raw: .raw
        case .maskclip: .maskclip
        case .clipSurgery: .clipSurgery
        case .sclip: .sclip
        case .naclip: .naclip
        case .clearclip: .clearclip
        case .resclip: .resclip
        case .scClip: .scClip
        case .cliptrase: .cliptrase
        case .anoclip: .anoclip
        }
    }

    /// With what a caller wants otherwise than by default.
    func recipe(_ options: DenseOptions) -> DenseRecipe {
        var recipe = recipe
        if options.contains(.reduced) {
            (recipe.keepsResidual, recipe.keepsPerceptron, recipe.positions) = (false, false, .customary)
        }
        if options.contains(.asReleased), case .resclip(var resclip) = recipe.attention {
            resclip.samplesAsReleased = true
            recipe.attention = .resclip(resclip)
        }
        return recipe
    }

    /// Whether the patches depend on the texts that they will be compared with.
    public var needsTexts: Bool { recipe.needsTexts }
}

extension ModelConfiguration {
    /// Why a method can't run on this model, in a sentence; nil if it can.
    public func refusal(of method: DenseMethod) -> String? {
        switch vision {
        case .transformer(let shape):
            if let refusal = refusal(of: method, pooledAs: shape) { return refusal }
            guard case .scClip = method.recipe.attention, shape.transformer.layers < 2 else { return nil }
            return
                "\(method.rawValue) looks at blocks before the last, and the model has only one; take another method."
        case .resNet:
            return
                "\(method.rawValue) needs the tokens of a vision transformer, and the model is a ResNet: the literature has "
                + "maskclip and clip-surgery for its attention pool, which are not implemented, and nothing else; take a "
                + "vision transformer."
        case .convNeXt:
            return
                "\(method.rawValue) needs the tokens of a vision transformer, and the model is a ConvNeXt, for which no "
                + "dense method exists; take a vision transformer."
        }
    }

    private func refusal(of method: DenseMethod, pooledAs shape: VisionTransformerShape) -> String? {
        if case .mean = shape.pooling {
            return
                "\(method.rawValue) makes patches comparable with texts as the class token is, and the model pools by the mean of "
                + "its patches, for which no dense method was made; take a model with a class token."
        }
        guard method.recipe.findsRegions, !shape.hasClassToken else { return nil }
        return
            "\(method.rawValue) tells regions by what the class token attends to, and the model has no class token; take another "
            + "method, such as maskclip or naclip."
    }
}
