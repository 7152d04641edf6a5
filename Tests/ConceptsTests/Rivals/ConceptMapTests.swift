import Inference
import Testing

@testable import Concepts

/// EZPC's map against `tools/golden/splice.py`.
@Suite struct ConceptMapTests {
    struct Case: Decodable {
        let descriptors: [Float], classes: [Float], images: [Float]
        let width: Int
        let contributions: [[[Double]]]
        let scores: [[Double]]

        func matrix(_ elements: [Float]) -> Matrix {
            Matrix(rows: elements.count / width, columns: width, elements: elements)
        }
    }

    @Test func contributionsAreTheReferencesAndAddUp() throws {
        let cases: [Case] = try Golden.cases("maps", in: "rivals")
        for golden in cases {
            let map = ConceptMap(
                descriptors: golden.matrix(golden.descriptors), classes: golden.matrix(golden.classes))
            let images = golden.matrix(golden.images)
            for image in 0..<images.rows {
                let picture = Array(images.row(image))
                expectClose(map.scores(picture), golden.scores[image], tolerance: 1e-6)
                for (index, expected) in golden.contributions[image].enumerated() {
                    let found = map.contributions(picture, toClass: index)
                    expectClose(found, expected, tolerance: 1e-6)
                    expectClose([found.reduce(0, +)], [map.scores(picture)[index]], tolerance: 1e-12)
                    // What is left out is missing from the sum, and nothing else.
                    let without = map.scores(picture, without: [0, 2])[index]
                    expectClose([without], [found.reduce(0, +) - found[0] - found[2]], tolerance: 1e-12)
                }
            }
        }
    }
}
