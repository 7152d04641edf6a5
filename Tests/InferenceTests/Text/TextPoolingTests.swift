import Testing

@testable import Inference

struct TextPoolingTests {
    @Test func highestIDIsTheFirstOfItsKind() {
        #expect(TextPooling.highestID.position(in: [5, 9, 3, 9, 0]) == 1)
        #expect(TextPooling.highestID.position(in: [7]) == 0)
        #expect(TextPooling.highestID.position(in: [-3, -2, -2]) == 1)
    }

    @Test func firstTokenIsFound() {
        #expect(TextPooling.firstToken(9).position(in: [5, 9, 3, 9, 0]) == 1)
        #expect(TextPooling.firstToken(3).position(in: [5, 9, 3, 9, 0][1...]) == 1)
        #expect(TextPooling.firstToken(4).position(in: [5, 9]) == 0)
    }

    @Test func rowsArePooledAtTheirEndToken() throws {
        let tokenizer = try TextGolden.tokenizer()
        for entry in try TextGolden.entries() where !entry.ids.contains(tokenizer.endID) {
            let position = tokenizer.pooling.position(in: tokenizer.tokens(entry.text))
            #expect(position == min(entry.ids.count + 1, 15))
        }
    }
}
