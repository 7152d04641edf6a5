import CAllocationCount
import Testing

@testable import Inference

/// After the first batch an encoder takes no memory but for what it returns.
@Suite struct EncoderAllocationTests {
    /// Heap allocations of one call.
    private static func allocations(_ encoder: any VisionEncoder, _ images: [[Float]], _ workspace: VisionWorkspace)
        -> Int
    {
        let before = entente_allocations()
        let encoded = encoder.encode(images, in: workspace)
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
        let images = (0..<9).map { _ in generator.floats(3 * encoder.imageSize * encoder.imageSize) }
        let workspace = encoder.makeWorkspace(batchSize: 3)
        _ = encoder.encode(images, in: workspace)
        let one = allocations(encoder, Array(images[..<1]), workspace)
        let batch = allocations(encoder, Array(images[..<3]), workspace)
        let batches = allocations(encoder, images, workspace)
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
