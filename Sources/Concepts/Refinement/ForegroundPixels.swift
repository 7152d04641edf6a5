import Inference

/// An image's foreground in pixels, its border drawn along the picture's edges.
public struct ForegroundPixels: Sendable, Equatable {
    /// `[height, width]` raster of the picture.
    public let mask: [Bool]
    /// Refinement left nothing of the foreground's patches, which stand in whole.
    public let isErased: Bool

    init(mask: [Bool], isErased: Bool) {
        (self.mask, self.isErased) = (mask, isErased)
    }

    /// - Parameters:
    ///   - picture: the S×S display picture.
    ///   - crf: the calling thread's own.
    public init(refining parts: ImageParts, on picture: Picture, by crf: DenseCRF) {
        let patches = parts.grid.pixels(width: picture.width, height: picture.height) { parts.foreground[$0] }
        let refined = crf.refine(
            mask: patches, pixels: picture.pixels, width: picture.width, height: picture.height)
        isErased = !zip(patches, refined).contains { $0 && $1 }
        mask = isErased ? patches : refined
    }
}
