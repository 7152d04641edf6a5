import Testing

@testable import Inference

/// Dense methods on a model that pools by attention and has no class token.
@Suite struct LatentPoolDenseTests {
    private static func golden() throws -> GoldenModel {
        try #require(GoldenModel.families.first { $0.name == "siglip-f32" })
    }

    @Test(arguments: [DenseMethod.raw, .maskclip, .sclip, .naclip, .clearclip])
    func patchesAreTheReferences(method: DenseMethod) throws {
        let golden = try Self.golden()
        let vision = try #require(golden.load().vision as? VisionTransformer)
        let expected = try golden.expected().matrices("dense_\(method.rawValue)")
        let pixels = try golden.expected().slices("pixel_values")
        let session = vision.dense(method).session(batchSize: 2)
        let encoded = session.encode(pixels, including: .dense)
        #expect(encoded.densePatches.count == 3 && expected.count == 3)
        for (actual, expected) in zip(encoded.densePatches, expected) {
            #expect(try relativeDifference(actual, expected) < 1e-4)
        }
        #expect(encoded.embeddings == session.encode(pixels).embeddings)
    }

    /// Every other method runs too, finds something finite, and the class token's rows of models that have one are not missed.
    @Test(arguments: DenseMethod.allCases) func methodsRunOrRefuse(method: DenseMethod) throws {
        let model = try Self.golden().load()
        let refusal = model.configuration.refusal(of: method)
        #expect((refusal != nil) == (method == .cliptrase), "\(refusal ?? "")")
        guard refusal == nil, let vision = model.vision as? VisionTransformer else { return }
        let texts = Matrix(rows: 2, columns: 64, elements: (0..<128).map { Float($0 % 7) - 3 }).rowsNormalized()
        let pixels = try Self.golden().expected().slices("pixel_values")
        for size in [32, 56] {
            let sized = vision.resized(to: size, for: method)
            let session = sized.dense(method, texts: texts).session(batchSize: 2)
            let images = size == 32 ? pixels : [(0..<3 * 56 * 56).map { Float($0 % 23) / 11 - 1 }]
            let found = session.encode(images, including: .dense).densePatches
            #expect(found.count == images.count && found[0].rows == size / 8 * (size / 8) && found[0].columns == 64)
            #expect(found.allSatisfy { $0.elements.firstNotFinite == nil && $0.elements.contains { $0 != 0 } })
        }
    }

    @Test func modelsThatPoolByTheMeanRefuse() throws {
        let model = try #require(GoldenModel.families.first { $0.name == "clipa-f16" }).load()
        for method in DenseMethod.allCases {
            #expect(model.configuration.refusal(of: method)?.contains("pools by the mean of its patches") == true)
        }
    }
}
