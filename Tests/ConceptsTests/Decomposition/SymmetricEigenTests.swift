import Inference
import Testing

@testable import Concepts

@Suite struct SymmetricEigenTests {
    @Test(arguments: [1, 2, 3, 7, 40, 101])
    func vectorsAreEigenvectors(order: Int) throws {
        var generator = SplitMix64(seed: UInt64(order))
        let values = (0..<order * (order + 2)).map { _ in Double.random(in: -1...1, using: &generator) }
        let gram = SymmetricEigen.gram(values, rows: order, columns: order + 2)
        let count = min(order, 3)
        let found = try #require(SymmetricEigen.largest(count, ofSymmetric: gram, order: order))
        #expect(found.values == found.values.sorted(by: >))
        for (value, vector) in zip(found.values, found.vectors) {
            let image = (0..<order).map { row in
                (0..<order).reduce(0) { $0 + gram[row * order + $1] * vector[$1] }
            }
            expectClose(image, vector.map { $0 * value }, tolerance: 1e-10)
            expectClose([vector.reduce(0) { $0 + $1 * $1 }], [1], tolerance: 1e-12)
        }
        #expect(SymmetricEigen.largest(count, ofSymmetric: gram, order: order)?.vectors == found.vectors)
    }

    @Test func bothGramMatricesAreTheProducts() {
        let a: [Double] = [1, 2, 3, 4, 5, 6]
        #expect(SymmetricEigen.gram(a, rows: 2, columns: 3) == [14, 32, 32, 77])
        #expect(
            SymmetricEigen.gram(a, rows: 2, columns: 3, ofColumns: true) == [17, 22, 27, 22, 29, 36, 27, 36, 45])
    }

    @Test func notANumberIsNoMatrix() {
        #expect(SymmetricEigen.largest(1, ofSymmetric: [1, .nan, .nan, 1], order: 2) == nil)
    }
}
