import Testing

@testable import Concepts

@Suite struct ContourTests {
    struct Case: Decodable {
        let height: Int, width: Int
        let rows: [[Int]]
        let area: Double
        let start: [Int]
        let steps: String
    }

    @Test func largestContourIsTheOneOfOpenCVAndMax() throws {
        let cases: [Case] = try Golden.cases("contours", in: "drawing")
        for (number, golden) in cases.enumerated() {
            let mask = Golden.mask(rows: golden.rows, width: golden.width)
            let contour = try #require(Contour.largest(of: mask, width: golden.width, height: golden.height))
            #expect(Double(Contour.doubledArea(contour.points)) / 2 == golden.area, "case \(number)")
            let expected = Golden.points(start: golden.start, steps: golden.steps)
            // The same first pixel, and from there the other way round.
            let points = [contour.points[0]] + contour.points.dropFirst().reversed()
            #expect(points.map { [$0.x, $0.y] } == expected.map { [$0.x, $0.y] }, "case \(number)")
        }
    }

    @Test func stepsAreToNeighboursAndStartAtTheTop() throws {
        let mask = "0110111101100000".map { $0 == "1" }
        let contour = try #require(Contour.largest(of: mask, width: 4, height: 4))
        #expect(contour.points[0] == (1, 0))
        for (a, b) in zip(contour.points, contour.points.dropFirst() + [contour.points[0]]) {
            #expect(max(abs(a.x - b.x), abs(a.y - b.y)) == 1)
        }
        #expect(contour.component.count == mask.count { $0 })
    }

    @Test func ofEqualAreasTheOneMetLastWins() throws {
        // Three 2×2 blocks.
        let mask = ["000011", "000011", "110000", "110011", "000011"].joined().map { $0 == "1" }
        let contour = try #require(Contour.largest(of: mask, width: 6, height: 5))
        #expect(contour.points.first ?? (0, 0) == (4, 3))
        #expect(Contour.largest(of: [false, false], width: 2, height: 1) == nil)
    }
}
