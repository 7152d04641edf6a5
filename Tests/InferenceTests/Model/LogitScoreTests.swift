import Testing

@testable import Inference

/// What models make of a cosine.
@Suite struct LogitScoreTests {
    @Test(arguments: GoldenModel.families) func logitsAreTheLibrarys(golden: GoldenModel) throws {
        let (model, expected) = (try golden.load(), try golden.expected())
        let score = try #require(model.score)
        #expect(score.kind == (golden.name.contains("siglip") ? .sigmoid : .softmax))
        let logits = try expected.slices("logits")
        func unit(_ name: String, _ count: Int) throws -> Matrix {
            Matrix(rows: count, columns: model.vision.embeddingWidth, elements: try expected.floats(name))
                .rowsNormalized()
        }
        let cosines = try unit("image_embeddings", logits.count)
            .multiplied(by: unit("text_embeddings", logits[0].count), transposed: true)
        for (image, row) in logits.enumerated() {
            for (text, logit) in row.enumerated() {
                #expect(abs(score.logit(cosines[image, text]) - logit) < 2e-5)
            }
        }
    }

    /// Two texts that mean the same are both there, which a softmax over them can't say.
    @Test func presenceIsOfEachTextAlone() {
        let score = LogitScore(scale: 100, bias: -10, kind: .sigmoid)
        #expect(score.presence(0.1) == 0.5)
        #expect(abs(score.presence(0.15) - 0.993_307_15) < 1e-6)
        #expect(score.presence(-0.5) > 0 && score.presence(-1) == 0 && score.presence(1) == 1)
    }
}
