/// A picture of at most 256 colours, each pixel the number of one.
public struct IndexedPicture: Sendable, Equatable {
    public let width: Int
    public let height: Int
    /// `[height, width]`, below the number of colours.
    public let pixels: [UInt8]
    /// RGB, 1 to 256 of them.
    public let palette: [SIMD3<UInt8>]

    public init(width: Int, height: Int, pixels: [UInt8], palette: [SIMD3<UInt8>]) {
        precondition(
            pixels.count == width * height && 1...256 ~= palette.count
                && pixels.allSatisfy { Int($0) < palette.count },
            "\(pixels.count) pixels of \(palette.count) colours for \(width)×\(height)")
        (self.width, self.height, self.pixels, self.palette) = (width, height, pixels, palette)
    }

    /// A PNG file that keeps numbers and palette, as segmentation tools expect label maps.
    ///
    /// - Throws: `imageTooLarge` when the picture is empty or memory is short.
    public func pngData() throws(InferenceError) -> [UInt8] {
        try PNGFile.bytes(
            pixels, width: width, height: height, palette: palette.flatMap { [$0.x, $0.y, $0.z] })
    }
}
