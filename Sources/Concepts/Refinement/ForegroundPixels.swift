import Inference

/// An image's foreground in pixels, its border drawn along the picture's edges (METHODS §1.5).
public struct ForegroundPixels: Sendable, Equatable {
    /// `[height, width]` raster of the picture.
    public let mask: [Bool]
    /// Refinement left nothing of the foreground's patches, which stand in whole.
    public let isErased: Bool

    init(mask: [Bool], isErased: Bool) {
        (self.mask, self.isErased) = (mask, isErased)
    }

    /// - Parameters:
    ///   - picture: the S×S display picture (METHODS §1.1).
    public init(refining parts: ImageParts, on picture: Picture) {
        let patches = parts.grid.pixels(width: picture.width, height: picture.height) { parts.foreground[$0] }
        let refined = DenseCRF().refine(
            mask: patches, pixels: picture.pixels, width: picture.width, height: picture.height)
        isErased = !zip(patches, refined).contains { $0 && $1 }
        mask = isErased ? patches : refined
    }
}
