import Inference

/// One picture that the model is asked about: the image with regions blurred, or the blurred image with regions restored
/// (docs/method.md §20.2).
struct Masking: Hashable {
    /// Whether the image is whole but for the regions; else it is blurred but for them.
    let isWhole: Bool
    /// Which list of masks, and which of them.
    let source: Int
    let regions: Set<Int>
    /// How far to the right and down the masks are moved, wrapped at the borders; nil for not at all.
    let shift: Shift?
    /// Side of the kernel.
    let blur: Int

    struct Shift: Hashable {
        let x: Int, y: Int
    }

    /// Without regions it does not matter whose they would be.
    init(isWhole: Bool, source: Int, regions: Set<Int>, shift: Shift? = nil, blur: Int) {
        self.isWhole = isWhole
        self.blur = blur
        self.source = regions.isEmpty ? 0 : source
        self.regions = regions
        self.shift = regions.isEmpty ? nil : shift
    }

    /// - Parameters:
    ///   - blurred: `[height, width, 3]`, by a kernel of ``blur`` values.
    ///   - masks: of ``source``, each `[height, width]`.
    func picture(of picture: Picture, blurred: [UInt8], masks: [[Bool]]) -> Picture {
        let (width, height) = (picture.width, picture.height)
        let (x, y) = (shift?.x ?? 0, shift?.y ?? 0)
        var pixels = isWhole ? picture.pixels : blurred
        let others = isWhole ? blurred : picture.pixels
        pixels.withUnsafeMutableBufferPointer { pixels in
            others.withUnsafeBufferPointer { others in
                for region in regions {
                    masks[region].withUnsafeBufferPointer { mask in
                        for row in 0..<height {
                            let target = (row + y) % height * width
                            for column in 0..<width where mask[row * width + column] {
                                let place = 3 * (target + (column + x) % width)
                                for channel in 0..<3 { pixels[place + channel] = others[place + channel] }
                            }
                        }
                    }
                }
            }
        }
        return Picture(width: width, height: height, pixels: pixels)
    }
}
