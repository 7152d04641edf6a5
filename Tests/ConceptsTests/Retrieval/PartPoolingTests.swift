import Inference
import Testing

@testable import Concepts

@Suite struct PartPoolingTests {
    /// 2×2 patches of 4×4 pixels, features along axes and of any length.
    private static let patches = Matrix(
        rows: 4, columns: 3, elements: [2, 0, 0, 0, 5, 0, 0, 0, 0.5, 3, 0, 0])
    private static let grouping = PartGrouping(method: .kmeans, gridHeight: 2, gridWidth: 2, labels: [0, 0, -1, 2])

    private static func isNear(_ a: [Float], _ b: [Float]) -> Bool {
        a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < 1e-6 }
    }

    @Test func wholePatchesCountAlike() {
        let pooled = PartPooling.embeddings(patches: Self.patches, of: Self.grouping, within: nil, size: 8)
        #expect(pooled.map(\.part) == [0, 2])
        let half = Float(0.5).squareRoot()
        #expect(Self.isNear(pooled[0].embeddings.elements, [half, half, 0]))
        #expect(Self.isNear(pooled[0].mean, [half, half, 0]))
        #expect(Self.isNear(pooled[1].embeddings.elements, [1, 0, 0]))
    }

    /// A patch counts by its pixels that refinement left, and a part without any is not there.
    @Test func refinementDecidesHowMuchAPatchCounts() {
        // One row of the first patch, four of the second, nothing below.
        let mask = (0..<64).map { pixel in pixel / 8 < 4 && (pixel % 8 >= 4 || pixel / 8 == 0) }
        let foreground = ForegroundPixels(mask: mask, isErased: false)
        let pooled = PartPooling.embeddings(patches: Self.patches, of: Self.grouping, within: foreground, size: 8)
        #expect(pooled.map(\.part) == [0])
        let length = Float(17).squareRoot()
        #expect(Self.isNear(pooled[0].mean, [1 / length, 4 / length, 0]))
    }
}
