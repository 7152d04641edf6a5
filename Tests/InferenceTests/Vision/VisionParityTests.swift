import Testing

@testable import Inference

@Suite struct VisionParityTests {
    @Test(arguments: GoldenModel.all)
    func embeddingsTokensAndKeysAreTheReferences(golden: GoldenModel) throws {
        let model = try golden.load()
        let expected = try golden.expected()
        let images = try expected.slices("pixel_values")
        let workspace = model.vision.makeWorkspace(batchSize: 2)
        let hasKeys = model.configuration.vision.hasKeys
        let encoded = model.vision.encode(images, including: hasKeys ? [.tokens, .keys] : .tokens, in: workspace)

        let embeddings = Matrix(
            rows: images.count, columns: model.vision.embeddingWidth, elements: try expected.floats("image_embeddings"))
        let agreement = try Agreement(encoded.embeddings, embeddings)
        #expect(agreement.holds, "image embeddings: \(agreement)")
        for (name, actual) in [("patch_tokens", encoded.patchTokens), ("patch_keys", encoded.patchKeys)]
        where name == "patch_tokens" || hasKeys {
            let expected = try expected.matrices(name)
            #expect(actual.count == images.count && expected.count == images.count)
            for (actual, expected) in zip(actual, expected) {
                #expect(actual.rows == model.vision.gridHeight * model.vision.gridWidth)
                let agreement = try Agreement(actual, expected)
                #expect(agreement.holds, "\(name): \(agreement)")
            }
        }
    }

    /// Without tokens the last block ends early, which must not show.
    @Test(arguments: GoldenModel.all)
    func patchFeaturesComeOnlyWhenAskedFor(golden: GoldenModel) throws {
        let model = try golden.load()
        let images = try golden.expected().slices("pixel_values")
        let workspace = model.vision.makeWorkspace(batchSize: 3)
        let plain = model.vision.encode(images, in: workspace)
        let tokens = model.vision.encode(images, including: .tokens, in: workspace)
        #expect(tokens.patchTokens.count == images.count && tokens.patchKeys.isEmpty)
        #expect(tokens.embeddings == plain.embeddings)
        guard model.configuration.vision.hasKeys else { return }
        let keys = model.vision.encode(images, including: .keys, in: workspace)
        #expect(plain.patchTokens.isEmpty && plain.patchKeys.isEmpty)
        #expect(keys.patchTokens.isEmpty && keys.patchKeys.count == images.count)
        #expect(plain.embeddings == keys.embeddings)
        #expect(model.vision.encode([], in: workspace).embeddings.rows == 0)
    }
}
