import Testing

@testable import Inference

/// A picture with its levels is the values that they stand for.
@Suite struct VisionInputTests {
    /// Pictures, and what a table makes of them.
    private static func images(side: Int) -> (pictures: [VisionInput], values: [VisionInput]) {
        var generator = SeededGenerator(seed: 61)
        let levels = generator.floats(3 * 256)
        let pictures = (0..<3).map { _ in
            Picture(
                width: side, height: side,
                pixels: (0..<3 * side * side).map { _ in UInt8.random(in: 0...255, using: &generator) })
        }
        let values = pictures.map { picture in
            VisionInput.values(
                (0..<3 * side * side).map { place in
                    let (channel, pixel) = (place / (side * side), place % (side * side))
                    return levels[channel * 256 + Int(picture.pixels[3 * pixel + channel])]
                })
        }
        return (pictures.map { .picture($0, levels: levels) }, values)
    }

    @Test(arguments: GoldenModel.all)
    func bothAreEncodedAlike(golden: GoldenModel) throws {
        let model = try golden.load()
        let (pictures, values) = Self.images(side: model.vision.imageSize)
        let outputs: PatchOutputs = model.configuration.vision.hasKeys ? [.tokens, .keys] : .tokens
        let expected = model.vision.session(batchSize: 2).encode(values, including: outputs)
        #expect(expected.embeddings.row(0) != expected.embeddings.row(1))
        #expect(model.vision.session(batchSize: 2).encode(pictures, including: outputs).isSameBits(as: expected))
    }

    /// Of the dense methods this one looks at the pixels.
    @Test func feedbackSeesTheSamePixels() throws {
        let model = try RandomModel.shapes[1].load()
        let vision = try #require(model.vision as? VisionTransformer)
        let (pictures, values) = Self.images(side: vision.imageSize)
        var generator = SeededGenerator(seed: 63)
        let texts = Matrix(
            rows: 3, columns: vision.embeddingWidth, elements: generator.floats(3 * vision.embeddingWidth)
        ).rowsNormalized()
        let session = vision.dense(.resclip, texts: texts).session(batchSize: 2)
        let expected = session.encode(values, including: .dense).densePatches
        #expect(session.encode(pictures, including: .dense).densePatches == expected)
    }
}
