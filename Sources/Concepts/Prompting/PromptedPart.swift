import Inference

/// The pictures that ask the vision encoder about one part (docs/method.md §8).
public struct PromptedPart: Sendable, Equatable {
    public let part: Int
    /// Three pictures of the original's size: outline only; gray outside; blurred outside.
    public let pictures: [Picture]
    public let ellipse: Ellipse
    /// The contour allowed no fit, and the ellipse of second moments stands in.
    public let ellipseFallback: Bool

    public init(part: Int, pictures: [Picture], ellipse: Ellipse, ellipseFallback: Bool) {
        self.part = part
        self.pictures = pictures
        self.ellipse = ellipse
        self.ellipseFallback = ellipseFallback
    }
}
