import Inference
import Testing

@testable import Concepts

@Suite struct ConceptAugmentationTests {
    /// Angles in degrees on a circle; the nearest are those of the next angles.
    private static func circle(_ angles: Double...) -> Matrix {
        Matrix(
            rows: angles.count, columns: 2,
            elements: angles.flatMap { [Float(cosine($0)), Float(cosine(90 - $0))] })
    }

    private static func cosine(_ degrees: Double) -> Double {
        // A series that is exact enough below 180 degrees.
        let x = degrees * .pi / 180
        var (term, sum) = (1.0, 1.0)
        for step in 1..<20 {
            term *= -x * x / Double((2 * step - 1) * 2 * step)
            sum += term
        }
        return sum
    }

    @Test func neighboursAreTheNearestOthers() {
        let classes = Self.circle(0, 10, 25, 80, 90)
        #expect(
            ClassNeighbours.find(classes, includingOwn: false) == [[1, 2], [0, 2], [1, 0], [4, 2], [3, 2]])
        #expect(ClassNeighbours.find(classes, includingOwn: true) == [[0, 1], [1, 0], [2, 1], [3, 4], [4, 3]])
        // Length means nothing, twins tie and the lower index wins, and there may be too few.
        let twins = Matrix(rows: 4, columns: 2, elements: [1, 0, 3, 0, 2, 0, 0, 1])
        #expect(ClassNeighbours.find(twins, includingOwn: false) == [[1, 2], [0, 2], [0, 1], [0, 1]])
        #expect(ClassNeighbours.find(twins.rows(0..<1), includingOwn: false) == [[]])
        #expect(ClassNeighbours.find(twins.rows(2..<4), includingOwn: true) == [[0, 1], [1, 0]])
    }

    @Test func whatEveryImageHasIsNoise() {
        // Four classes of 20 images; 7 is everywhere, 3 in all of classes 0 and 1, 5 in half of them, 9 in two images.
        let augmentation = ConceptAugmentation(
            images: [20, 20, 20, 20],
            found: [[7: 20, 3: 20, 5: 10, 9: 1], [7: 20, 3: 20, 5: 10, 9: 1], [7: 20, 5: 1], [7: 20]])
        #expect(augmentation.concepts(of: [0, 1], without: [], limit: 5) == [3, 5])
        #expect(augmentation.concepts(of: [0, 1], without: [3], limit: 5) == [5])
        #expect(augmentation.concepts(of: [0, 1], without: [], limit: 1) == [3])
        #expect(augmentation.concepts(of: [2, 3], without: [], limit: 5).isEmpty)
        #expect(augmentation.concepts(of: [], without: [], limit: 5).isEmpty)
    }

    @Test func equalsAreInOrderOfTheBank() {
        let augmentation = ConceptAugmentation(images: [30, 30], found: [[4: 25, 2: 25, 8: 29], [:]])
        #expect(augmentation.concepts(of: [0], without: [], limit: 5) == [8, 2, 4])
    }

    /// Without images, or with no other class, nothing tells a concept from chance.
    @Test func nothingIsFoundInNothing() {
        #expect(
            ConceptAugmentation(images: [0, 0], found: [[:], [:]]).concepts(of: [0, 1], without: [], limit: 5).isEmpty)
        #expect(ConceptAugmentation(images: [9], found: [[1: 9]]).concepts(of: [0], without: [], limit: 5).isEmpty)
    }

    /// By the bytes of the id; the values are those of sha256sum.
    @Test func halvesAreByTheIdsHash() {
        // SHA-256 begins with ff, e3, 00 and b2; the third is spelled with a composed letter.
        let ids: [(Identifier, ImageSplit)] = [
            ("x/1.jpg", .odd), ("", .odd), ("\u{e9}.png", .even), ("upland-fennow/003.jpg", .even),
        ]
        for (id, half) in ids {
            #expect(ImageSplit.allCases.filter { $0.holds(id) } == [half], "\(id)")
        }
        let many = (0..<400).map { Identifier("class/\($0).jpg") }
        let even = many.count { ImageSplit.even.holds($0) }
        #expect((150...250).contains(even) && many.allSatisfy { ImageSplit.even.holds($0) != ImageSplit.odd.holds($0) })
    }
}
