import Testing

@testable import Concepts

@Suite struct EllipseRasterTests {
    struct Case: Decodable {
        let height: Int, width: Int, thickness: Int
        let box: [Float]
        let inside: String, outline: String
    }

    @Test func pixelsAreOpenCVs() throws {
        let cases: [Case] = try Golden.cases("drawings", in: "drawing")
        for (number, golden) in cases.enumerated() {
            let box = RotatedBox(
                centerX: golden.box[0], centerY: golden.box[1], width: golden.box[2], height: golden.box[3],
                angle: golden.box[4])
            let raster = EllipseRaster(
                box, thickness: golden.thickness, width: golden.width, height: golden.height)
            for (runs, expected) in [(raster.inside, golden.inside), (raster.outline, golden.outline)] {
                #expect(
                    Golden.digest(runs.mask.lazy.map { $0 ? 1 : 0 }) == expected,
                    "case \(number): \(box), \(golden.thickness)")
            }
        }
        #expect(cases.contains { $0.box[0] < 0 } && cases.contains { $0.thickness > 1 })
    }

    @Test func anEllipseFarAwayOrWithoutEndIsNoTrouble() {
        for box in [
            RotatedBox(centerX: 3e15, centerY: -7e17, width: 2, height: 9, angle: 12),
            RotatedBox(centerX: 10, centerY: 10, width: 0, height: 3e7, angle: 77),
            RotatedBox(centerX: -9e6, centerY: 40, width: 4e6, height: 2.5e7, angle: 1),
        ] {
            let raster = EllipseRaster(box, thickness: 3, width: 50, height: 60)
            #expect(raster.inside.mask.count == 3000 && raster.outline.mask.count == 3000)
        }
    }

    @Test func anEllipseWithoutAxesIsOnePixel() {
        let raster = EllipseRaster(
            RotatedBox(centerX: 7, centerY: 5, width: 0, height: 0, angle: 0), thickness: 1, width: 20, height: 10)
        #expect(raster.inside.mask.indices.filter { raster.inside.mask[$0] } == [107])
        #expect(raster.outline.mask.indices.filter { raster.outline.mask[$0] } == [107])
    }

    @Test func exactRastersAreTheCurvesOwn() {
        for ellipse in EllipseTests.specimens.prefix(40) {
            let raster = EllipseRaster(exactly: ellipse, thickness: 1, width: 90, height: 70)
            let outline = raster.outline.mask
            #expect(outline.indices.filter { outline[$0] } == ellipse.outline(width: 90, height: 70))
            let inside = raster.inside.mask
            for y in 0..<70 {
                let columns = ellipse.columns(inRow: y, width: 90)
                let isSame = (0..<90).allSatisfy { inside[y * 90 + $0] == columns.contains($0) }
                #expect(isSame)
            }
        }
    }
}
