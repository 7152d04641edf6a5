import CAllocationCount
import Testing

@testable import Inference

/// After the first batch an encoder takes no memory but for what it returns.
@Suite struct EncoderAllocationTests {
    /// Heap allocations of one call.
    private static func allocations(_ session: any VisionSession, _ images: [VisionInput]) -> Int {
        let before = entente_allocations()
        let encoded = session.encode(images)
        let count = entente_allocations() - before
        precondition(encoded.embeddings.rows == images.count)
        return count
    }

    @Test func allocationsAreCounted() {
        let before = entente_allocations()
        let values = [Float](repeating: 1, count: 1000 + Int(before % 2))
        #expect(values.count >= 1000 && entente_allocations() > before)
    }

    private static func check(_ encoder: any VisionEncoder, _ name: String) {
        var generator = SeededGenerator(seed: 41)
        let (side, levels) = (encoder.imageSize, generator.floats(3 * 256))
        let picture = Picture(width: side, height: side, pixels: .init(repeating: 200, count: 3 * side * side))
        let images = (0..<9).map { number in
            let values = generator.floats(3 * encoder.imageSize * encoder.imageSize)
            return number % 2 == 0 ? VisionInput.values(values) : .picture(picture, levels: levels)
        }
        let session = encoder.session(batchSize: 3)
        _ = session.encode(images)
        let one = allocations(session, Array(images[..<1]))
        let batch = allocations(session, Array(images[..<3]))
        let batches = allocations(session, images)
        // The embeddings.
        #expect([one, batch, batches] == [1, 1, 1], "\(name)")
    }

    @Test(arguments: RandomModel.shapes)
    func transformersTakeNoMemory(shape: RandomModel) throws {
        Self.check(try shape.load().vision, "\(shape)")
    }

    @Test(arguments: GoldenModel.all)
    func noEncoderTakesMemory(golden: GoldenModel) throws {
        Self.check(try golden.load().vision, golden.name)
    }
}
