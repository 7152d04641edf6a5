/// An image as a vision encoder takes it, `[3, S, S]`.
public enum VisionInput: Sendable {
    /// Normalised as the model's preprocessing asks.
    case values([Float])
    /// S×S, and `[3, 256]`: what each level of each channel is to the model, ``Preprocessor/input(_:)``.
    case picture(Picture, levels: [Float])

    /// A row of the image: `count` values of `channel` from `(x, y)` on go to `target`.
    ///
    /// Of a picture or values of S×S, which encoders see to before they ask.
    typealias RowWriter = (
        _ channel: Int, _ y: Int, _ x: Int, _ count: Int, _ target: UnsafeMutablePointer<Float>
    ) -> Void

    func requireSide(_ side: Int) {
        switch self {
        case .values(let values):
            precondition(
                values.count == 3 * side * side, "\(values.count) pixel values for a model of 3×\(side)×\(side)")
        case .picture(let picture, let levels):
            precondition(
                picture.width == side && picture.height == side,
                "a picture of \(picture.width)×\(picture.height) for a model of \(side)×\(side)")
            precondition(levels.count == 3 * 256, "\(levels.count) levels for 3 channels of 256")
        }
    }

    /// Has `body` ask for rows of an image of that side.
    func withRows(side: Int, _ body: (RowWriter) -> Void) {
        requireSide(side)
        switch self {
        case .values(let values):
            values.withUnsafeBufferPointer { values in
                // 3 S² of them, so there is an address.
                let base = values.baseAddress!
                body { channel, y, x, count, target in
                    target.update(from: base + (channel * side + y) * side + x, count: count)
                }
            }
        case .picture(let picture, let levels):
            picture.pixels.withUnsafeBufferPointer { pixels in
                levels.withUnsafeBufferPointer { levels in
                    let (pixels, levels) = (pixels.baseAddress!, levels.baseAddress!)
                    body { channel, y, x, count, target in
                        let source = pixels + (y * side + x) * 3 + channel
                        let table = levels + channel * 256
                        for place in 0..<count { target[place] = table[Int(source[3 * place])] }
                    }
                }
            }
        }
    }

    /// Writes `[3, S, S]` to `target`.
    func write(side: Int, into target: UnsafeMutablePointer<Float>) {
        withRows(side: side) { row in
            for line in 0..<3 * side { row(line / side, line % side, 0, side, target + line * side) }
        }
    }

    /// `[3, S, S]`, for an image of that side.
    public func pixelValues(side: Int) -> [Float] {
        if case .values(let values) = self { return values }
        return [Float](unsafeUninitializedCapacity: 3 * side * side) { buffer, initialized in
            if let base = buffer.baseAddress { write(side: side, into: base) }
            initialized = 3 * side * side
        }
    }
}
