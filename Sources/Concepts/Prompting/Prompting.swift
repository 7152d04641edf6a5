import Inference

/// Draws the prompted pictures of an image's parts.
public struct Prompting: Sendable {
    /// Pictures a part: outline only, gray outside, blurred outside.
    public static let variants = 3

    private let picture: Picture
    private let gray: [UInt8]
    private let blurred: [UInt8]
    private let foreground: ForegroundPixels?
    private let parameters: MethodParameters.Prompting

    /// Gray and blur are made here, once a picture, and serve all its parts under every part method.
    ///
    /// - Parameters:
    ///   - picture: the S×S display picture (METHODS §1.1).
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
            let mask = pixels(of: part, in: grouping)
            guard let contour = Contour.largest(of: mask, width: picture.width, height: picture.height) else {
                return nil
            }
            let fitted = Ellipse.fitted(to: contour.points)
            let ellipse = fitted ?? Ellipse.ofMoments(contour.component)
            return PromptedPart(
                part: part, pictures: variants(of: ellipse), ellipse: ellipse, ellipseFallback: fitted == nil)
        }
    }

    /// `[height, width]`: the part's patches, without the pixels that refinement took from the foreground (METHODS §1.6).
    private func pixels(of part: Int, in grouping: PartGrouping) -> [Bool] {
        let mask = PatchGrid(height: grouping.gridHeight, width: grouping.gridWidth)
            .pixels(width: picture.width, height: picture.height) { grouping.labels[$0] == part }
        guard let foreground else { return mask }
        return zip(mask, foreground.mask).map { $0 && $1 }
    }

    private func variants(of ellipse: Ellipse) -> [Picture] {
        let (width, height) = (picture.width, picture.height)
        let insides = (0..<height).map { y in
            let columns = ellipse.columns(inRow: y, width: width)
            return (y * width + columns.lowerBound) * 3..<(y * width + columns.upperBound) * 3
        }
        let outline = thickened(ellipse.outline(width: width, height: height))
        return [picture.pixels, gray, blurred].map { outside in
            var pixels = outside
            pixels.withUnsafeMutableBufferPointer { pixels in
                picture.pixels.withUnsafeBufferPointer { original in
                    for inside in insides {
                        for index in inside { pixels[index] = original[index] }
                    }
                }
                for pixel in outline {
                    pixels[pixel * 3] = 255
                    pixels[pixel * 3 + 1] = 0
                    pixels[pixel * 3 + 2] = 0
                }
            }
            return Picture(width: width, height: height, pixels: Array(pixels))
        }
    }

    /// The outline drawn with a round pen of the wanted thickness; of a pen with even width the extra pixel is to
    /// the right and below.
    private func thickened(_ outline: [Int]) -> [Int] {
        let thickness = parameters.thickness
        guard thickness > 1 else { return outline }
        let (width, height) = (picture.width, picture.height)
        let before = (thickness - 1) / 2
        // Doubled coordinates from the pen's centre, which for an even width lies between pixels.
        let pen = (0..<thickness * thickness).filter { index in
            let (x, y) = (2 * (index % thickness) - thickness + 1, 2 * (index / thickness) - thickness + 1)
            return x * x + y * y <= thickness * thickness
        }
        var marked = [Bool](repeating: false, count: width * height)
        for pixel in outline {
            for index in pen {
                let x = pixel % width + index % thickness - before
                let y = pixel / width + index / thickness - before
                if x >= 0, x < width, y >= 0, y < height { marked[y * width + x] = true }
            }
        }
        return marked.indices.filter { marked[$0] }
    }

    /// 0.299 R + 0.587 G + 0.114 B in 15-bit integers, in all three channels.
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
