/// How an analysis turns a picture into the model's square (METHODS §1.1).
public enum ImageFit: String, Sendable, Hashable, CaseIterable {
    /// Bilinear to S×S, aspect ratio not kept.
    case squash
    /// As the model's own `preprocess_cfg` says.
    case official
}
