import Testing

@testable import Concepts

@Suite struct EllipseTests {
    struct Case: Decodable {
        let points: [[Int]]
        let center: [Double], axes: [Double], direction: [Double]
        let outline: [Int]
    }

    @Test func fitIsOpenCVsDirectFit() throws {
        let cases: [Case] = try Golden.cases("ellipses")
        for (number, golden) in cases.enumerated() {
            let ellipse = try #require(Ellipse.fitted(to: golden.points.map { ($0[0], $0[1]) }), "case \(number)")
            let major = golden.axes.max() ?? 0
            let minor = golden.axes.min() ?? 0
            let distances = [
                ellipse.centerX - golden.center[0], ellipse.centerY - golden.center[1],
                2 * ellipse.semiMajor - major, 2 * ellipse.semiMinor - minor,
            ]
            #expect(distances.allSatisfy { $0.magnitude < 0.5 }, "case \(number): \(distances)")
            // The direction of a circle means nothing; otherwise the major axis' ends agree within half a pixel.
            guard major - minor > 1 else { continue }
            let (x, y) =
                golden.axes[0] >= golden.axes[1]
                ? (golden.direction[0], golden.direction[1]) : (-golden.direction[1], golden.direction[0])
            let sine = (ellipse.directionX * y - ellipse.directionY * x).magnitude
            #expect(sine * ellipse.semiMajor < 0.5, "case \(number): \(sine)")
        }
    }

    @Test func outlineRunsWhereOpenCVDrawsIt() throws {
        let cases: [Case] = try Golden.cases("ellipses")
        for (number, golden) in cases.enumerated() {
            let fitted = try #require(Ellipse.fitted(to: golden.points.map { ($0[0], $0[1]) }))
            let moved = Ellipse(
                centerX: fitted.centerX + 20, centerY: fitted.centerY + 20, semiMajor: fitted.semiMajor,
                semiMinor: fitted.semiMinor, directionX: fitted.directionX, directionY: fitted.directionY)
            let outline = moved.outline(width: 128, height: 128)
            for (one, other) in [(outline, golden.outline), (golden.outline, outline)] {
                let reachable = Set(
                    other.flatMap { pixel in (-1...1).flatMap { dy in (-1...1).map { pixel + dy * 128 + $0 } } })
                #expect(Set(one).isSubset(of: reachable), "case \(number)")
            }
        }
    }

    /// Ellipses of all sizes and slants, some of them partly outside a 90×70 picture.
    static let specimens: [Ellipse] = {
        var generator = SplitMix64(seed: 77)
        return (0..<200).map { _ in
            let (x, y) = (Double.random(in: -1...1, using: &generator), Double.random(in: -1...1, using: &generator))
            let length = (x * x + y * y).squareRoot()
            let minor = Double.random(in: 0.5...20, using: &generator)
            return Ellipse(
                centerX: Double.random(in: 0..<90, using: &generator),
                centerY: Double.random(in: 0..<70, using: &generator),
                semiMajor: minor + Double.random(in: 0...25, using: &generator), semiMinor: minor,
                directionX: x / length, directionY: y / length)
        }
    }()

    @Test func outlineIsOnePixelWideAndOnTheEllipse() {
        for (number, ellipse) in Self.specimens.enumerated() {
            let outline = ellipse.outline(width: 90, height: 70)
            #expect(outline == Set(outline).sorted())
            let form = ellipse.form
            /// Whether the ellipse passes within `reach` of the pixel, horizontally or vertically or, if `anywhere`,
            /// in a square around it: there the form crosses 1.
            func isNear(_ pixel: Int, _ reach: Double, anywhere: Bool) -> Bool {
                let (dx, dy) = (Double(pixel % 90) - ellipse.centerX, Double(pixel / 90) - ellipse.centerY)
                let steps = (-10...10).map { Double($0) / 10 * reach }
                let offsets: [(Double, Double)] =
                    anywhere
                    ? steps.flatMap { y in steps.map { ($0, y) } }
                    : [(0, 0), (reach, 0), (-reach, 0), (0, reach), (0, -reach)]
                let values = offsets.map { ox, oy in
                    form.xx * (dx + ox) * (dx + ox) + 2 * form.xy * (dx + ox) * (dy + oy)
                        + form.yy * (dy + oy) * (dy + oy)
                }
                return (values.min() ?? 2) <= 1 && (values.max() ?? 0) >= 1
            }
            // Pixels between an arc counted by columns and one counted by rows may be farther than half a pixel; of
            // those there is one a corner. A sharp tip is closed by pixels that may be a pixel and a half away.
            let isSharp = ellipse.semiMinor * ellipse.semiMinor < 2 * ellipse.semiMajor
            let far = outline.filter { !isNear($0, 0.5001, anywhere: false) }
            #expect(far.count <= 4 || isSharp, "\(ellipse): \(far)")
            #expect(far.allSatisfy { isNear($0, isSharp ? 1.5 : 0.75, anywhere: true) }, "\(ellipse): \(far)")
            guard ellipse.semiMinor >= 3 else { continue }
            let set = Set(outline)
            let blocks = outline.filter { set.isSuperset(of: [$0 + 1, $0 + 90, $0 + 91]) && $0 % 90 < 89 }
            #expect(blocks.isEmpty, "ellipse \(number) is two pixels wide at \(blocks)")
        }
    }

    @Test func outlineIsClosed() {
        for (number, ellipse) in Self.specimens.enumerated() {
            let moved = Ellipse(
                centerX: ellipse.centerX + 50, centerY: ellipse.centerY + 50, semiMajor: ellipse.semiMajor,
                semiMinor: ellipse.semiMinor, directionX: ellipse.directionX, directionY: ellipse.directionY)
            var mask = [Bool](repeating: false, count: 200 * 180)
            for pixel in moved.outline(width: 200, height: 180) { mask[pixel] = true }
            let components = ConnectedComponents(of: mask, height: 180, width: 200)
            #expect(components.sizes.count == 1, "ellipse \(number): \(moved)")
            // Nothing leaks: from the corner, the centre can't be reached by steps to the four sides.
            guard ellipse.semiMinor >= 2 else { continue }
            var reached = [Bool](repeating: false, count: mask.count)
            var pending = [0]
            while let cell = pending.popLast() {
                guard !mask[cell], !reached[cell] else { continue }
                reached[cell] = true
                let (y, x) = cell.quotientAndRemainder(dividingBy: 200)
                if x > 0 { pending.append(cell - 1) }
                if x < 199 { pending.append(cell + 1) }
                if y > 0 { pending.append(cell - 200) }
                if y < 179 { pending.append(cell + 200) }
            }
            #expect(!reached[Int(moved.centerY) * 200 + Int(moved.centerX)], "ellipse \(number): \(moved)")
        }
    }

    @Test func insideIsWhereTheFormIsBelowOne() {
        for ellipse in Self.specimens {
            let form = ellipse.form
            for y in 0..<70 {
                let columns = ellipse.columns(inRow: y, width: 90)
                for x in 0..<90 {
                    let (dx, dy) = (Double(x) - ellipse.centerX, Double(y) - ellipse.centerY)
                    let value = form.xx * dx * dx + 2 * form.xy * dx * dy + form.yy * dy * dy
                    guard (value - 1).magnitude > 1e-9 else { continue }
                    #expect(columns.contains(x) == (value < 1))
                }
            }
        }
    }

    @Test func pointsOnALineFitNothing() {
        #expect(Ellipse.fitted(to: (0..<9).map { ($0, 4) }) == nil)
        #expect(Ellipse.fitted(to: (0..<9).map { ($0, 2 * $0) }) == nil)
        #expect(Ellipse.fitted(to: .init(repeating: (3, 3), count: 9)) == nil)
        #expect(Ellipse.fitted(to: [(0, 0), (1, 0), (1, 1), (0, 1)]) == nil)
    }

    @Test func momentsGiveFullAxesOfFourStandardDeviations() {
        let pixels = (0..<5).flatMap { y in (0..<9).map { (x: $0 + 10, y: y) } }
        let ellipse = Ellipse.ofMoments(pixels)
        expectClose(
            [ellipse.centerX, ellipse.centerY, ellipse.semiMajor, ellipse.semiMinor],
            [14, 2, 5.163977794943222, 2.8284271247461903], tolerance: 1e-12)
        #expect(ellipse.directionX.magnitude == 1)
        let dot = Ellipse.ofMoments([(x: 6, y: 7)])
        #expect(dot.semiMajor == 0.5 && dot.semiMinor == 0.5)
        #expect(dot.outline(width: 20, height: 20) == [7 * 20 + 6] || !dot.outline(width: 20, height: 20).isEmpty)
        let slanted = Ellipse.ofMoments((0..<6).map { (x: $0, y: $0) })
        expectClose([slanted.directionX * slanted.directionY], [0.5], tolerance: 1e-12)
        #expect(slanted.semiMinor == 0.5)
    }
}
