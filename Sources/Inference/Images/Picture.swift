/// An 8-bit RGB picture, rows top to bottom, channels interleaved.
public struct Picture: Sendable, Equatable {
    public let width: Int
    public let height: Int
    /// `[height, width, 3]`.
    public let pixels: [UInt8]

    public init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(
            pixels.count == width * height * 3,
            "a \(width)×\(height) RGB picture needs \(width * height * 3) bytes, got \(pixels.count)")
        self.width = width
        self.height = height
        self.pixels = pixels
    }
}
