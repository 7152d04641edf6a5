import Testing

@testable import Inference

@Suite struct TextParityTests {
    @Test(arguments: GoldenModel.all)
    func embeddingsAreTheReferences(golden: GoldenModel) throws {
        let model = try golden.load()
        let expected = try golden.expected()
        let tokens = try expected.integerRows("token_ids")
        let actual = try model.text.encode(
            tokens, pooling: golden.pooling, in: model.text.makeWorkspace(batchSize: 4))
        let reference = Matrix(
            rows: tokens.count, columns: model.text.embeddingWidth, elements: try expected.floats("text_embeddings"))
        let agreement = try Agreement(actual, reference)
        #expect(agreement.holds, "text embeddings: \(agreement)")
    }

    @Test func tokensOfAnotherVocabularyAreRefused() throws {
        let model = try GoldenModel.all[0].load()
        let workspace = model.text.makeWorkspace(batchSize: 2)
        let good = [Int32](repeating: 1, count: model.text.contextLength)
        for id in [Int32(model.text.vocabularySize), -1, .max] {
            var bad = good
            bad[3] = id
            let error = #expect(throws: InferenceError.self) { try model.text.encode([good, bad], in: workspace) }
            #expect(error?.code == .tokenizer)
            #expect(error?.description.contains("text 1 holds token \(id)") == true)
        }
        let error = #expect(throws: InferenceError.self) {
            try model.text.encode([Array(good.dropLast())], in: workspace)
        }
        #expect(error?.description.contains("15 tokens") == true)
        #expect(try model.text.encode([], in: workspace).rows == 0)
    }
}
