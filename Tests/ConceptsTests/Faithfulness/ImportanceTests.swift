import Inference
import Testing

@testable import Concepts

/// How important parts are, against `tools/golden/faithfulness.py`.
@Suite struct ImportanceTests {
    struct Case: Decodable {
        let width: Int
        let transport: Bool
        let image: [Float], classes: [Float], bank: [Float], bare: [Float]
        let parts: [[Float]]
        let picks: [Int?]
        let values: [Double]
        let order: [Int]
    }

    @Test func isLikenessTimesTheRelevanceOfTheFirstPick() throws {
        let cases: [Case] = try Golden.cases("importances", in: "faithfulness")
        for (number, golden) in cases.enumerated() {
            let comment: Comment = "case \(number)"
            let count = golden.bank.count / golden.width
            var method = DecompositionTests.method
            method.retrieval.candidates = max(count, 1)
            method.retrieval.relevance = .off
            method.retrieval.transport = golden.transport ? .init() : nil
            func matrix(_ elements: [Float]) -> Matrix {
                Matrix(rows: elements.count / golden.width, columns: golden.width, elements: elements)
            }
            let text = TextSide(
                analysis: TextSideTests.analysis(classes: 3, descriptors: count, method: method),
                classEmbeddings: matrix(golden.classes), bankEmbeddings: matrix(golden.bank),
                bareEmbeddings: matrix(golden.bare))
            // Numbers of parts need not be without gaps.
            let encoded = EncodedParts(
                grouping: PartGrouping(
                    method: .kmeans, gridHeight: 1, gridWidth: golden.parts.count,
                    labels: golden.parts.indices.map { 2 * $0 }),
                prompted: golden.parts.enumerated().map {
                    PromptedPartEmbeddings(part: 2 * $0, embeddings: matrix($1), ellipseFallback: false)
                })
            let found = Interpreter(text: text, method: method)
                .findings(imageEmbedding: golden.image, label: nil, parts: [encoded]).partMethods[0].importances
            #expect(found.map(\.part) == golden.parts.indices.map { 2 * $0 }, comment)
            #expect(found.map(\.descriptor) == golden.picks, comment)
            expectClose(found.map(\.value), golden.values, tolerance: 1e-6, "case \(number)")
            #expect(Ranking.top(found.count, of: found.map(\.value)) == golden.order, comment)
        }
        #expect(cases.contains { $0.picks.contains(nil) } && cases.contains { $0.parts.count == 1 })
    }
}
