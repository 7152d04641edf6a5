import Testing

@testable import Inference

/// The same text, the same bits: whatever the lengths of the texts around it.
@Suite struct TextRepeatabilityTests {
    @Test(arguments: RandomModel.shapes)
    func batchSizeAndCompanyLeaveNoTrace(shape: RandomModel) throws {
        let model = try shape.load()
        let encoder = try #require(model.text)
        let texts = shape.texts(90)
        let alone = try encoder.encode(texts, in: encoder.makeWorkspace(batchSize: 1))
        for batchSize in [2, 7, 32, 100] {
            let together = try encoder.encode(texts, in: encoder.makeWorkspace(batchSize: batchSize))
            #expect(together.isSameBits(as: alone), "\(batchSize) a batch, \(BLAS.kernelSet)")
        }
        let workspace = encoder.makeWorkspace(batchSize: 11)
        let reversed = try encoder.encode(texts.reversed(), in: workspace)
        for text in texts.indices {
            #expect(Array(reversed.row(texts.count - 1 - text)) == Array(alone.row(text)))
        }
        // The workspace remembers nothing.
        #expect(try encoder.encode(texts, in: workspace).isSameBits(as: alone))
    }

    @Test func whatStandsBehindThePooledTokenDoesNotMatter() throws {
        let shape = RandomModel.shapes[1]
        let model = try shape.load()
        let encoder = try #require(model.text)
        var texts = shape.texts(5)
        let workspace = encoder.makeWorkspace(batchSize: 5)
        let before = try encoder.encode(texts, in: workspace)
        for text in texts.indices { texts[text][5...] = [0, 0, 0, 0, 0, 0, 0] }
        #expect(try encoder.encode(texts, in: workspace).isSameBits(as: before))
        texts[4][3] += 1
        #expect(try !encoder.encode(texts, in: workspace).isSameBits(as: before))
    }
}
