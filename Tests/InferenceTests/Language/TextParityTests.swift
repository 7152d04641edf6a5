import Testing

@testable import Inference

@Suite struct TextParityTests {
    @Test(arguments: GoldenModel.all)
    func embeddingsAreTheReferences(golden: GoldenModel) throws {
        let model = try golden.load()
        let encoder = try #require(model.text)
        let expected = try golden.expected()
        let tokens = try expected.integerRows("token_ids")
        let actual = try encoder.encode(
            tokens, pooling: golden.pooling, in: encoder.makeWorkspace(batchSize: 4))
        let reference = Matrix(
            rows: tokens.count, columns: encoder.embeddingWidth, elements: try expected.floats("text_embeddings"))
        let agreement = try Agreement(actual, reference)
        #expect(agreement.holds, "text embeddings: \(agreement)")
    }

    @Test func tokensOfAnotherVocabularyAreRefused() throws {
        let model = try GoldenModel.all[0].load()
        let encoder = try #require(model.text)
        let workspace = encoder.makeWorkspace(batchSize: 2)
        let good = [Int32](repeating: 1, count: encoder.contextLength)
        for id in [Int32(encoder.vocabularySize), -1, .max] {
            var bad = good
            bad[3] = id
            let error = #expect(throws: InferenceError.self) { try encoder.encode([good, bad], in: workspace) }
            #expect(error?.code == .tokenizer)
            #expect(error?.description.contains("text 1 holds token \(id)") == true)
        }
        let error = #expect(throws: InferenceError.self) {
            try encoder.encode([Array(good.dropLast())], in: workspace)
        }
        #expect(error?.description.contains("15 tokens") == true)
        #expect(try encoder.encode([], in: workspace).rows == 0)
    }
}
