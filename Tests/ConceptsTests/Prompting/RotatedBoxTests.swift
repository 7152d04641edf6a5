import Foundation
import Testing

@testable import Concepts

@Suite struct RotatedBoxTests {
    struct Case: Decodable {
        let kind: String
        /// Centre, width, height, angle; nil where OpenCV moves the points at random.
        let box: [Float]?
        let start: [Int]
        let steps: String
    }

    @Test func fitIsOpenCVs() throws {
        let cases: [Case] = try Golden.cases("fits", in: "drawing")
        for (number, golden) in cases.enumerated() {
            let comment: Comment = "case \(number), \(golden.kind)"
            let fitted = RotatedBox.fitted(to: Golden.points(start: golden.start, steps: golden.steps))
            guard let expected = golden.box else {
                #expect(fitted == nil, comment)
                continue
            }
            let box = try #require(fitted, comment)
            let wanted = RotatedBox(
                centerX: expected[0], centerY: expected[1], width: expected[2], height: expected[3], angle: expected[4])
            let (raster, reference) = (
                EllipseRaster(box, thickness: 1, width: 384, height: 384),
                EllipseRaster(wanted, thickness: 1, width: 384, height: 384)
            )
            #expect(raster.inside.mask == reference.inside.mask, comment)
            #expect(raster.outline.mask == reference.outline.mask, comment)
            // Where a band leaves the centre open, it is rounding that settles it, by less than is drawn.
            guard golden.kind != "two" else { continue }
            for (value, wanted) in zip([box.centerX, box.centerY, box.width, box.height], expected) {
                #expect((value - wanted).magnitude <= 4 * wanted.ulp + 1e-4, comment)
            }
            // Half a turn more draws the same.
            let turn = (box.angle - expected[4]).magnitude
            #expect(min(turn, (180 - turn).magnitude) < 1e-3, comment)
        }
        #expect(cases.contains { $0.box == nil })
        #expect(cases.count { ($0.box?[4] ?? 0) != 0 } > 20)
    }

    @Test func fivePointsAreFittedDirectly() throws {
        // On x² + 4y² = 100, about (20, 30): no scatter, so that both fits would find it, but the box only with an angle.
        let box = try #require(RotatedBox.fitted(to: [(30, 30), (10, 30), (20, 35), (26, 34), (14, 26)]))
        expectClose(
            [box.centerX, box.centerY, box.width, box.height, box.angle].map(Double.init), [20, 30, 10, 20, 90],
            tolerance: 1e-5)
    }

    @Test func angleIsThatOfTheShorterAxis() throws {
        for (slope, angle) in [(0.0, 90.0), (0.5, 118.6), (1.2, 158.8), (-0.3, 72.8), (.pi / 2, 0)] {
            let points = (0..<200).map { index -> (x: Int, y: Int) in
                let turn = Double(index) * .pi / 100
                let (u, v) = (40 * cos(turn), 12 * sin(turn))
                let (x, y) = (u * cos(slope) - v * sin(slope), u * sin(slope) + v * cos(slope))
                return (100 + Int(x.rounded()), 100 + Int(y.rounded()))
            }
            let box = try #require(RotatedBox.fitted(to: points))
            #expect((box.width - 24).magnitude < 0.5 && (box.height - 80).magnitude < 0.5)
            #expect((Double(box.angle) - angle).magnitude < 1, "\(slope): \(box)")
        }
    }

    @Test func withoutWidthTheAngleIsLost() throws {
        // A band two pixels wide, from the upper left to the lower right.
        let mask = (0..<12 * 12).map { index in 0...1 ~= index % 12 - index / 12 && index / 12 < 11 }
        let contour = try #require(Contour.largest(of: mask, width: 12, height: 12))
        let box = try #require(RotatedBox.fitted(to: contour.points))
        expectClose(
            [box.centerX, box.centerY, box.width, box.height, box.angle].map(Double.init),
            [5.5, 5, 0, 0.5.squareRoot(), 0],
            tolerance: 1e-5)
    }

    @Test func bandsTwoPixelsThickAreAPixelHighAndHaveNoWidth() throws {
        let mask = [Bool](repeating: true, count: 50)
        for (width, height) in [(25, 2), (2, 25)] {
            let contour = try #require(Contour.largest(of: mask, width: width, height: height))
            let box = try #require(RotatedBox.fitted(to: contour.points))
            expectClose(
                [box.centerX, box.centerY, box.width, box.height].map(Double.init),
                [Double(width - 1) / 2, Double(height - 1) / 2, 0, 1], tolerance: 1e-6)
        }
    }

    @Test func singularPointsFitNothing() {
        #expect(RotatedBox.fitted(to: (0..<9).map { ($0, 4) }) == nil)
        #expect(RotatedBox.fitted(to: (0..<9).map { ($0, 2 * $0) }) == nil)
        #expect(RotatedBox.fitted(to: .init(repeating: (3, 3), count: 9)) == nil)
        #expect(RotatedBox.fitted(to: [(0, 0), (1, 0), (1, 1), (0, 1)]) == nil)
    }

    @Test func anEllipseAndItsBoxAreTheSame() {
        for ellipse in EllipseTests.specimens {
            let box = RotatedBox(ellipse)
            #expect(box.width <= box.height && 0...180 ~= box.angle)
            let back = Ellipse(box)
            expectClose(
                [back.centerX, back.centerY, back.semiMajor, back.semiMinor],
                [ellipse.centerX, ellipse.centerY, ellipse.semiMajor, ellipse.semiMinor], tolerance: 1e-6)
            let sine = back.directionX * ellipse.directionY - back.directionY * ellipse.directionX
            #expect(sine.magnitude < 1e-6)
        }
    }
}
