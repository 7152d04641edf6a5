/// How an analysis turns a picture into the model's square (docs/method.md §4.1): the released code's two ways, and the model's own.
public enum ImageFit: String, Sendable, Hashable, Codable, CaseIterable {
    /// Bilinear to S×S, aspect ratio not kept.
    case squash
    /// Bilinear until the shorter side is S, then the middle S×S; torchvision's rounding.
    case crop
    /// As the model's own `preprocess_cfg` says.
    case official
}
