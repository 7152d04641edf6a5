import Testing

@testable import Inference

@Suite struct VisionParityTests {
    @Test(arguments: GoldenModel.all)
    func embeddingsTokensAndKeysAreTheReferences(golden: GoldenModel) throws {
        let model = try golden.load()
        let expected = try golden.expected()
        let images = try expected.slices("pixel_values")
        let session = model.vision.session(batchSize: 2)
        let hasKeys = model.configuration.vision.hasKeys
        let encoded = session.encode(images, including: hasKeys ? [.tokens, .keys] : .tokens)

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
        let session = model.vision.session(batchSize: 3)
        let plain = session.encode(images)
        let tokens = session.encode(images, including: .tokens)
        #expect(tokens.patchTokens.count == images.count && tokens.patchKeys.isEmpty)
        #expect(tokens.embeddings == plain.embeddings)
        guard model.configuration.vision.hasKeys else { return }
        let keys = session.encode(images, including: .keys)
        #expect(plain.patchTokens.isEmpty && plain.patchKeys.isEmpty)
        #expect(keys.patchTokens.isEmpty && keys.patchKeys.count == images.count)
        #expect(plain.embeddings == keys.embeddings)
        #expect(session.encode([VisionInput]()).embeddings.rows == 0)
    }
}
