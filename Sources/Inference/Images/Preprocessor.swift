/// Turns pictures into what a model's vision encoder takes. Built once per model.
///
/// Shapes: S is the side of the model's input in pixels.
public struct Preprocessor: Sendable {
    public let configuration: PreprocessConfiguration
    /// S.
    public let imageSize: Int
    /// `[3, 256]`: the normalised value of each level of each channel.
    private let normalized: [Float]
    /// `[3, 256]`: the level that a normalised value shows as.
    private let displayed: [UInt8]

    /// - Parameter imageSize: S, the model's `image_size`; it wins over the configuration's `size`.
    public init(configuration: PreprocessConfiguration, imageSize: Int) {
        precondition(imageSize > 0, "an image size of \(imageSize)")
        self.configuration = configuration
        self.imageSize = imageSize
        var normalized = [Float]()
        var displayed = [UInt8]()
        for (mean, std) in zip(configuration.mean, configuration.std) {
            for level in 0...255 {
                // Single precision at each step, as torchvision's ToTensor and Normalize compute.
                let value = (Float(level) / 255 - Float(mean)) / Float(std)
                normalized.append(value)
                // Double precision on the way back and truncation, as docs/method.md §4.2 has it: some levels lose one.
                let shown = Double(value) * std + mean
                displayed.append(UInt8(min(max(shown, 0), 1) * 255))
            }
        }
        self.normalized = normalized
        self.displayed = displayed
    }

    /// `picture` as S×S.
    public func fit(_ picture: Picture, as fit: ImageFit) -> Picture {
        switch fit {
        case .squash: picture.resized(width: imageSize, height: imageSize, filter: .bilinear)
        case .crop: cropped(picture, filter: .bilinear, rounding: .halfToEven)
        case .official: official(picture)
        }
    }

    /// What the encoder takes of an S×S picture.
    public func input(_ picture: Picture) -> VisionInput { .picture(picture, levels: normalized) }

    /// `[3, S, S]`, row-major: what an S×S picture is to the encoder.
    public func pixelValues(_ picture: Picture) -> [Float] { input(picture).pixelValues(side: imageSize) }

    /// `picture` after normalising and de-normalising: what foreground refinement and prompts draw on (docs/method.md §4.2).
    public func displayPicture(_ picture: Picture) -> Picture {
        var pixels = picture.pixels
        pixels.withUnsafeMutableBufferPointer { pixels in
            displayed.withUnsafeBufferPointer { table in
                for start in stride(from: 0, to: pixels.count, by: 3) {
                    for channel in 0..<3 {
                        pixels[start + channel] = table[channel * 256 + Int(pixels[start + channel])]
                    }
                }
            }
        }
        return Picture(width: picture.width, height: picture.height, pixels: pixels)
    }

    private func official(_ picture: Picture) -> Picture {
        let size = imageSize
        let filter = configuration.interpolation
        switch configuration.resizeMode {
        case .squash:
            return picture.resized(width: size, height: size, filter: filter)
        case .shortest:
            return cropped(picture, filter: filter, rounding: configuration.cropRounding)
        case .longest:
            let ratio = Double(max(picture.width, picture.height)) / Double(size)
            // A side that would round to nothing keeps one pixel, where the reference fails.
            let width = max(Int((Double(picture.width) / ratio).rounded(.toNearestOrEven)), 1)
            let height = max(Int((Double(picture.height) / ratio).rounded(.toNearestOrEven)), 1)
            return picture.resized(width: width, height: height, filter: filter)
                .centerCropped(width: size, height: size, fill: configuration.fillColor)
        }
    }

    /// The shorter side to S, the aspect ratio kept, and of that the middle.
    private func cropped(_ picture: Picture, filter: ResampleFilter, rounding: CropRounding) -> Picture {
        let size = imageSize
        let short = min(picture.width, picture.height)
        let long = max(picture.width, picture.height)
        let scaled = Int(Double(size * long) / Double(short))
        let (width, height) = picture.width <= picture.height ? (size, scaled) : (scaled, size)
        let window = PixelWindow(width: size, height: size, inMiddleOf: width, height, rounding: rounding)
        return picture.resampled(width: width, height: height, filter: filter, window: window)
    }
}
