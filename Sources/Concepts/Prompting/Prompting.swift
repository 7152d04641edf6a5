import Inference

/// Draws the prompted pictures of an image's parts.
public struct Prompting: Sendable {
    private let picture: Picture
    private let gray: [UInt8]
    private let blurred: [UInt8]
    private let foreground: ForegroundPixels?
    private let parameters: MethodParameters.Prompting

    /// Gray and blur are made here, once a picture, and serve all its parts under every part method.
    ///
    /// - Parameters:
    ///   - picture: the S×S display picture (docs/method.md §4.2).
    ///   - foreground: what parts are confined to; nil for whole patches.
    public init(on picture: Picture, within foreground: ForegroundPixels?, parameters: MethodParameters.Prompting) {
        self.picture = picture
        self.foreground = foreground
        self.parameters = parameters
        gray = Self.grayscale(picture)
        blurred = GaussianBlur.applied(to: picture, size: parameters.blur)
    }

    /// One ``PromptedPart`` for each part with at least one pixel, ascending.
    public func pictures(for grouping: PartGrouping) -> [PromptedPart] {
        grouping.presentParts.compactMap { part in
            let mask = grouping.pixels(of: part, width: picture.width, height: picture.height, within: foreground)
            guard let contour = Contour.largest(of: mask, width: picture.width, height: picture.height) else {
                return nil
            }
            return prompted(part, contour)
        }
    }

    private func prompted(_ part: Int, _ contour: Contour) -> PromptedPart {
        let ellipse: Ellipse
        let raster: EllipseRaster
        let isFallback: Bool
        let (width, height, thickness) = (picture.width, picture.height, parameters.thickness)
        switch parameters.ellipse {
        case .opencv:
            let fitted = RotatedBox.fitted(to: contour.points)
            let box = fitted ?? RotatedBox(.ofMoments(contour.component))
            ellipse = Ellipse(box)
            raster = EllipseRaster(box, thickness: thickness, width: width, height: height)
            isFallback = fitted == nil
        case .exact:
            let fitted = Ellipse.fitted(to: contour.points)
            ellipse = fitted ?? .ofMoments(contour.component)
            raster = EllipseRaster(exactly: ellipse, thickness: thickness, width: width, height: height)
            isFallback = fitted == nil
        }
        return PromptedPart(
            part: part, pictures: variants(of: raster), ellipse: ellipse, ellipseFallback: isFallback)
    }

    private func variants(of raster: EllipseRaster) -> [Picture] {
        [picture.pixels, gray, blurred].enumerated().map { variant, outside in
            var pixels = outside
            pixels.withUnsafeMutableBufferPointer { pixels in
                picture.pixels.withUnsafeBufferPointer { original in
                    // The first variant is the original outside, too.
                    for range in raster.inside.ranges where variant > 0 {
                        for index in range.lowerBound * 3..<range.upperBound * 3 { pixels[index] = original[index] }
                    }
                }
                for range in raster.outline.ranges {
                    for pixel in range {
                        pixels[pixel * 3] = 255
                        pixels[pixel * 3 + 1] = 0
                        pixels[pixel * 3 + 2] = 0
                    }
                }
            }
            return Picture(width: picture.width, height: picture.height, pixels: pixels)
        }
    }

    /// 0.299 R + 0.587 G + 0.114 B in 15-bit integers, in all three channels; OpenCV's for every colour.
    static func grayscale(_ picture: Picture) -> [UInt8] {
        var result = picture.pixels
        for start in stride(from: 0, to: result.count, by: 3) {
            let weighted = 9798 * Int(result[start]) + 19235 * Int(result[start + 1]) + 3735 * Int(result[start + 2])
            let gray = UInt8((weighted + 16384) >> 15)
            result[start] = gray
            result[start + 1] = gray
            result[start + 2] = gray
        }
        return result
    }
}
