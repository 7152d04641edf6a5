import CAllocationCount
import Testing

@testable import Inference

/// Whole encoders of every family in less than 32-bit floats.
@Suite struct NarrowEncoderTests {
    private static let narrow: [Precision] = [.bf16, .int8]

    /// What a family's trunk is made of: a transformer, with a class token and without, residual and convolutional networks.
    private static let families = [
        "gelu-f32-patch-14", "resnet-f32", "convnext-bf16-mlp", "siglip-f32", "perception-bf16", "mobile-f16",
        "eva02-f16", "coca-f16",
    ].compactMap { name in GoldenModel.all.first { $0.name == name } }

    private static func load(_ golden: GoldenModel, _ precision: Precision) throws -> ClipModel {
        try golden.load(precision: precision)
    }

    private static func cosine(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> Double {
        var (ab, aa, bb) = (0.0, 0.0, 0.0)
        for (x, y) in zip(a, b) {
            ab += Double(x) * Double(y)
            aa += Double(x) * Double(x)
            bb += Double(y) * Double(y)
        }
        return ab / (aa * bb).squareRoot()
    }

    /// Narrowed at all, hence other bits; and nothing but narrowed, hence near.
    @Test(arguments: families, narrow)
    func embeddingsAreNearThoseOfFloats(golden: GoldenModel, precision: Precision) throws {
        let images = try golden.expected().slices("pixel_values")
        let full = try golden.load().vision.session(batchSize: 2).encode(images, including: .tokens)
        let narrow = try Self.load(golden, precision).vision.session(batchSize: 2).encode(images, including: .tokens)
        for image in images.indices {
            let (a, b) = (full.embeddings.row(image), narrow.embeddings.row(image))
            #expect(Array(a) != Array(b))
            let (embedding, patches) = (
                Self.cosine(a, b),
                Self.cosine(full.patchTokens[image].elements[...], narrow.patchTokens[image].elements[...])
            )
            let least = precision == .bf16 ? 0.999 : 0.98
            #expect(embedding > least && patches > least, "\(embedding), \(patches)")
        }
    }

    @Test(arguments: families, narrow)
    func batchesLeaveNoTrace(golden: GoldenModel, precision: Precision) throws {
        let model = try Self.load(golden, precision)
        let given = try golden.expected().slices("pixel_values")
        let images = (0..<7).map { number in given[number % given.count].map { $0 + Float(number) / 8 } }
        let alone = model.vision.session(batchSize: 1).encode(images, including: .tokens)
        #expect(Array(alone.embeddings.row(0)) != Array(alone.embeddings.row(1)))
        for batchSize in [2, 3, 7] {
            let together = model.vision.session(batchSize: batchSize).encode(images, including: .tokens)
            #expect(together.isSameBits(as: alone), "\(batchSize) a batch")
        }
        let pooled = model.vision.session(batchSize: 3).encode(images)
        #expect(pooled.embeddings.isSameBits(as: alone.embeddings))
    }

    @Test(arguments: families, narrow)
    func noEncoderTakesMemory(golden: GoldenModel, precision: Precision) throws {
        let encoder = try Self.load(golden, precision).vision
        let session = encoder.session(batchSize: 3)
        var generator = SeededGenerator(seed: 68)
        let images = (0..<6).map { _ in
            VisionInput.values(generator.floats(3 * encoder.imageSize * encoder.imageSize))
        }
        _ = session.encode(images)
        let before = entente_allocations()
        let encoded = session.encode(images)
        let count = entente_allocations() - before
        // The embeddings.
        #expect(count == 1 && encoded.embeddings.rows == images.count)
    }

    /// Texts are compared with what pictures of other precisions gave, too: their side stays as it is.
    @Test(arguments: narrow) func textsStayOfFloats(precision: Precision) throws {
        let shape = RandomModel.shapes[1]
        let (full, narrow) = (try shape.load(), try shape.load(precision: precision))
        let texts = shape.texts(5)
        func encode(_ model: ClipModel) throws -> Matrix {
            let text = try #require(model.text)
            return try text.encode(texts, in: text.makeWorkspace(batchSize: 2))
        }
        #expect(try encode(full).isSameBits(as: encode(narrow)))
    }

    @Test func kernelSetsSayWhatWasComputedIn() {
        #expect(KernelSet.name(for: .fp32) == KernelSet.name)
        #expect(KernelSet.name(for: .int8) == KernelSet.name + "+int8")
        let bf16 = RowKernels.hasInstruction(for: .bf16) ? "+dpbf16" : "+bf16"
        #expect(KernelSet.name(for: .bf16) == KernelSet.name + bf16)
        #expect(KernelSet.warning(for: .fp32) == nil)
        for precision in Self.narrow {
            let warning = KernelSet.warning(for: precision)
            #expect((warning == nil) == RowKernels.hasInstruction(for: precision))
            #expect(warning?.contains("method.precision is \(precision.rawValue)") ?? true)
        }
    }
}
