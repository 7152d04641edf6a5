import Testing

@testable import Inference

/// What texts share is computed once, and no text can tell: neither from its bits nor from who is with it.
@Suite struct SharedPrefixTests {
    /// Texts that go on from one another at any place, whole ones again, and those that end early; the end token is the last id.
    private static func texts(_ encoder: TextTransformer, _ count: Int, seed: UInt64 = 29) -> [[Int32]] {
        var generator = SeededGenerator(seed: seed)
        let (length, end) = (encoder.contextLength, Int32(encoder.vocabularySize - 1))
        func token() -> Int32 { Int32.random(in: 0..<end, using: &generator) }
        var texts: [[Int32]] = []
        for number in 0..<count {
            var row = (0..<length).map { _ in token() }
            if number > 0, number % 5 > 0 {
                let parent = texts[Int.random(in: 0..<number, using: &generator)]
                let kept = number % 5 == 4 ? length : Int.random(in: 0..<length, using: &generator)
                row.replaceSubrange(..<kept, with: parent[..<kept])
            }
            if number % 5 < 4 { row[Int.random(in: 0..<length, using: &generator)] = end }
            texts.append(row)
        }
        return texts
    }

    private static func check(_ encoder: TextTransformer, pooling: TextPooling, _ name: String) throws {
        let texts = texts(encoder, 60)
        let apart = encoder.makeWorkspace(batchSize: 1, sharingPrefixes: false)
        let alone = try encoder.encode(texts, pooling: pooling, in: apart)
        for batchSize in [1, 3, 64] {
            let workspace = encoder.makeWorkspace(batchSize: batchSize)
            #expect(
                try encoder.encode(texts, pooling: pooling, in: workspace).isSameBits(as: alone),
                "\(name), \(batchSize) a batch")
            #expect(workspace.computedRows < apart.computedRows, "\(name), \(batchSize) a batch")
        }
        // In any order, in lists as lanes get them.
        let workspace = encoder.makeWorkspace(batchSize: 7)
        let batches = encoder.batches(of: texts, pooling: pooling, batchSize: 7)
        #expect(batches.flatMap { $0 }.sorted() == Array(texts.indices))
        for batch in batches.reversed() {
            let rows = try encoder.encode(batch.map { texts[$0] }, pooling: pooling, in: workspace)
            for (place, text) in batch.enumerated() {
                #expect(Array(rows.row(place)) == Array(alone.row(text)), "\(name), text \(text)")
            }
        }
    }

    @Test(arguments: GoldenModel.all)
    func everyFamilyGivesTheSameBits(golden: GoldenModel) throws {
        let encoder = try #require(try golden.load().text)
        try Self.check(encoder, pooling: golden.pooling, golden.name)
    }

    @Test(arguments: RandomModel.shapes)
    func everyShapeGivesTheSameBits(shape: RandomModel) throws {
        let encoder = try #require(try shape.load().text)
        try Self.check(encoder, pooling: .highestID, "\(shape)")
    }

    /// One text that a list shares nothing with, after as many as make it begin a batch of its own.
    @Test func rowsAreComputedOnce() throws {
        let shape = RandomModel.shapes[1]
        let encoder = try #require(try shape.load().text)
        let end = Int32(shape.vocabularySize - 1)
        func text(_ tokens: Int32...) -> [Int32] {
            tokens + [end] + .init(repeating: 0, count: shape.contextLength - tokens.count - 1)
        }
        let workspace = encoder.makeWorkspace(batchSize: 10)
        func computed(_ texts: [[Int32]]) throws -> Int {
            let before = workspace.computedRows
            _ = try encoder.encode(texts, in: workspace)
            return workspace.computedRows - before
        }
        #expect(try computed([text(1, 2, 3)]) == 4)
        #expect(try computed([text(1, 2, 3), text(1, 2, 3), text(1, 2, 3)]) == 4)
        #expect(try computed([text(1, 2, 3), text(9), text(1, 2, 4), text(1, 2)]) == 4 + 2 + 1 + 2)
        // Nothing is left of an earlier call.
        #expect(try computed([text(1, 2, 3)]) == 4)
    }
}
