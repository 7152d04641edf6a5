import Testing

@testable import Inference

/// The same text, the same bits: whatever the lengths of the texts around it.
@Suite struct TextRepeatabilityTests {
    @Test(arguments: RandomModel.shapes)
    func batchSizeAndCompanyLeaveNoTrace(shape: RandomModel) throws {
        let model = try shape.load()
        let texts = shape.texts(90)
        let alone = try model.text.encode(texts, in: model.text.makeWorkspace(batchSize: 1))
        for batchSize in [2, 7, 32, 100] {
            let together = try model.text.encode(texts, in: model.text.makeWorkspace(batchSize: batchSize))
            #expect(together.isSameBits(as: alone), "\(batchSize) a batch, \(BLAS.kernelSet)")
        }
        let workspace = model.text.makeWorkspace(batchSize: 11)
        let reversed = try model.text.encode(texts.reversed(), in: workspace)
        for text in texts.indices {
            #expect(Array(reversed.row(texts.count - 1 - text)) == Array(alone.row(text)))
        }
        // The workspace remembers nothing.
        #expect(try model.text.encode(texts, in: workspace).isSameBits(as: alone))
    }

    @Test func whatStandsBehindThePooledTokenDoesNotMatter() throws {
        let shape = RandomModel.shapes[1]
        let model = try shape.load()
        var texts = shape.texts(5)
        let workspace = model.text.makeWorkspace(batchSize: 5)
        let before = try model.text.encode(texts, in: workspace)
        for text in texts.indices { texts[text][5...] = [0, 0, 0, 0, 0, 0, 0] }
        #expect(try model.text.encode(texts, in: workspace).isSameBits(as: before))
        texts[4][3] += 1
        #expect(try !model.text.encode(texts, in: workspace).isSameBits(as: before))
    }
}
