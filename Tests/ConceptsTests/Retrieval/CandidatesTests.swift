import Inference
import Testing

@testable import Concepts

@Suite struct CandidatesTests {
    @Test func areWhatAllPartsShare() {
        let logits = Matrix(rows: 2, columns: 6, elements: [6, 5, 4, 3, 2, 1, 1, 6, 5, 4, 2, 3])
        let candidates = Candidates(logits: logits, count: 4)
        #expect(candidates.descriptors == [1, 2, 3])
        #expect(!candidates.isExtended)
    }

    @Test func countIsDoubledUntilThreeAreShared() {
        let logits = Matrix(rows: 2, columns: 8, elements: [8, 7, 6, 5, 4, 3, 2, 1, 1, 2, 3, 4, 5, 6, 7, 8])
        let candidates = Candidates(logits: logits, count: 2)
        #expect(candidates.perPart == 8)
        #expect(candidates.descriptors == Array(0..<8))
        #expect(candidates.isExtended)
    }

    @Test func theBankIsTheLimit() {
        let two = Candidates(logits: Matrix(rows: 1, columns: 2, elements: [1, 2]), count: 500)
        #expect(two.descriptors == [0, 1] && !two.isExtended)
        let extended = Candidates(logits: Matrix(rows: 1, columns: 2, elements: [1, 2]), count: 1)
        #expect(extended.descriptors == [0, 1] && extended.isExtended)
    }

    @Test func tiesGoToTheLowestIndex() {
        let candidates = Candidates(logits: Matrix(rows: 3, columns: 9, repeating: 0.5), count: 4)
        #expect(candidates.descriptors == [0, 1, 2, 3])
    }

    @Test func relevanceFilters() {
        let candidates = Candidates(logits: Matrix(rows: 1, columns: 6, repeating: 0), count: 6)
        let relevance = [0.10, 0.30, 0.20, 0.28, 0.05, 0.27]  // mean 0.2, median 0.235
        var parameters = MethodParameters().retrieval
        #expect(candidates.relevant(relevance, parameters: parameters) == [1, 2, 3, 5])
        parameters.relevance = .medianPlus
        #expect(candidates.relevant(relevance, parameters: parameters) == [1, 3, 5])
        parameters.relevance = .off
        #expect(candidates.relevant(relevance, parameters: parameters) == [0, 1, 2, 3, 4, 5])
        // Nothing passes: the three most relevant.
        parameters.relevance = .medianPlus
        parameters.offset = 5
        #expect(candidates.relevant(relevance, parameters: parameters) == [1, 3, 5])
        #expect(candidates.relevant([1, 1, 1, 1, 1, 1], parameters: parameters) == [0, 1, 2])
        #expect(Candidates(logits: Matrix(rows: 1, columns: 0), count: 5).relevant([], parameters: parameters) == [])
    }
}
