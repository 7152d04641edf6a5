import Inference
import Testing

@testable import Concepts

/// SpLiCE against its released code, by `tools/golden/splice.py`, and against what makes a minimum.
@Suite struct SparseDecompositionTests {
    struct Case: Decodable {
        let descriptors: [Float], images: [Float]
        let width: Int
        let penalty: Double
        let weights: [[Double]]
        let cosines: [Double]

        func matrix(_ elements: [Float]) -> Matrix {
            Matrix(rows: elements.count / width, columns: width, elements: elements)
        }
    }

    private static func cases() throws -> [Case] { try Golden.cases("sparse", in: "rivals") }

    @Test func weighsAsTheReleasedCodeDoes() throws {
        for (number, golden) in try Self.cases().enumerated() {
            let images = golden.matrix(golden.images)
            let decomposition = SparseDecomposition(
                descriptors: golden.matrix(golden.descriptors), images: images, penalty: golden.penalty)
            for image in 0..<images.rows {
                let found = decomposition(Array(images.row(image)))
                // Its solver stops at a duality gap of 1e-6.
                expectClose(found.weights, golden.weights[image], tolerance: 5e-3, "case \(number), image \(image)")
                expectClose([found.cosine], [golden.cosines[image]], tolerance: 1e-4, "case \(number)")
                #expect(found.descriptors.count == found.weights.count { $0 > 0 })
                #expect(
                    zip(found.descriptors, found.descriptors.dropFirst()).allSatisfy {
                        found.weights[$0] >= found.weights[$1]
                    })
            }
        }
    }

    /// No weight below 0, and the objective is nowhere lower nearby.
    @Test func nothingNearbyIsBetter() throws {
        // Centred already, so that rows and objective are those of the class.
        let rows: [Float] = [1, 0, -1, 0, 0, 1, 0, -1]
        let decomposition = SparseDecomposition(
            descriptors: Matrix(rows: 4, columns: 2, elements: rows),
            images: Matrix(rows: 2, columns: 2, elements: [1, 0, -1, 0]), penalty: 0.3)
        let found = decomposition([0.8, -0.6])
        // Of orthogonal rows each on its own: half of the penalty off, and nothing below 0.
        expectClose(found.weights, [0.65, 0, 0, 0.45], tolerance: 1e-7)
        #expect(found.descriptors == [0, 3])
    }

    /// Less its mean, which it is, a single image is nothing, and neither are images that are all the same.
    @Test(arguments: [1, 3]) func ofOneImageNothingIsLeft(images: Int) {
        var generator = SplitMix64(seed: 5)
        func floats(_ count: Int) -> [Float] { (0..<count).map { _ in Float(generator.next() >> 40) / 0x1p23 - 1 } }
        let image = floats(48)
        let decomposition = SparseDecomposition(
            descriptors: Matrix(rows: 20, columns: 48, elements: floats(20 * 48)),
            images: Matrix(rows: images, columns: 48, elements: (0..<images).flatMap { _ in image }), penalty: 0.01)
        #expect(decomposition(image).descriptors.isEmpty)
    }

    @Test func repeatedAndEmptyDescriptorsAreNoTrouble() {
        let same = Matrix(rows: 3, columns: 2, elements: [1, 2, 1, 2, 1, 2])
        let found = SparseDecomposition(
            descriptors: same, images: Matrix(rows: 1, columns: 2, elements: [1, 1]), penalty: 0.01)([1, 1])
        #expect(found.weights == [0, 0, 0] && found.descriptors.isEmpty)
        #expect(found.cosine.isFinite)
    }
}
