import Inference
import Testing

@testable import Concepts

@Suite struct PromptingTests {
    struct Case: Decodable {
        struct Part: Decodable {
            let part: Int
            let pictures: [String]
            let outline: [Int]
        }
        let size: Int, grid: Int, blur: Int
        let pixels: String
        let labels: [Int]
        let parts: [Part]
    }

    struct Region: Decodable {
        let kind: String
        let size: Int, thickness: Int, blur: Int
        let rows: [[Int]]
        /// Digests of the three pictures; nil where the released code draws at random.
        let pictures: [String]?
    }

    /// Each region is a part of its own, on patches of one pixel.
    @Test func picturesAreThoseOfTheReleasedCode() throws {
        let regions: [Region] = try Golden.cases("parts", in: "drawing")
        for (number, golden) in regions.enumerated() {
            var parameters = MethodParameters.Prompting()
            parameters.thickness = golden.thickness
            parameters.blur = golden.blur
            let labels = Golden.mask(rows: golden.rows, width: golden.size).map { $0 ? 0 : -1 }
            let grouping = PartGrouping(
                method: .kmeans, gridHeight: golden.size, gridWidth: golden.size, labels: labels)
            let prompted = Prompting(on: Golden.picture(size: golden.size), within: nil, parameters: parameters)
                .pictures(for: grouping)
            let comment: Comment = "region \(number), \(golden.kind)"
            #expect(prompted.map(\.part) == [0], comment)
            #expect(prompted.map(\.ellipseFallback) == [golden.pictures == nil], comment)
            guard let expected = golden.pictures else { continue }
            #expect(prompted.first?.pictures.map { Golden.digest($0.pixels) } == expected, comment)
        }
    }

    @Test func exactPicturesAreOpenCVsDirectFitButForTheOutlinesNeighbourhood() throws {
        let cases: [Case] = try Golden.cases("prompts")
        for golden in cases {
            let picture = Picture(width: golden.size, height: golden.size, pixels: try Golden.bytes(golden.pixels))
            let grouping = PartGrouping(
                method: .kmeans, gridHeight: golden.grid, gridWidth: golden.grid, labels: golden.labels)
            var parameters = MethodParameters.Prompting()
            parameters.blur = golden.blur
            parameters.ellipse = .exact
            let prompted = Prompting(on: picture, within: nil, parameters: parameters).pictures(for: grouping)
            #expect(prompted.map(\.part) == golden.parts.map(\.part))
            for (part, expected) in zip(prompted, golden.parts) {
                #expect(!part.ellipseFallback)
                let border = Set(
                    expected.outline.flatMap { pixel in
                        (-1...1).flatMap { dy in (-1...1).map { pixel + dy * golden.size + $0 } }
                    })
                for (variant, wanted) in zip(part.pictures, expected.pictures) {
                    let wanted = try Golden.bytes(wanted)
                    let differing = wanted.indices.filter { variant.pixels[$0] != wanted[$0] }
                    let wrong = Set(differing.map { $0 / 3 })
                    #expect(wrong.isSubset(of: border), "part \(part.part): \(wrong)")
                }
            }
        }
    }

    /// Colours without any pure red, so that red pixels are the outline.
    static let picture = Picture(
        width: 48, height: 40, pixels: (0..<5760).map { (index: Int) -> UInt8 in UInt8(index * 7919 % 251 / 2 + 20) })
    static let grouping = PartGrouping(
        method: .kmeans, gridHeight: 5, gridWidth: 6,
        labels: [
            -1, -1, -1, -1, -1, 2, -1, 0, 0, 0, -1, -1, -1, 0, 0, 0, -1, -1, -1, -1, 1, 1, -1, -1, -1, -1, 1, 1, -1, -1,
        ])

    static func red(_ picture: Picture) -> [Int] {
        (0..<picture.width * picture.height).filter {
            picture.pixels[$0 * 3] == 255 && picture.pixels[$0 * 3 + 1] == 0 && picture.pixels[$0 * 3 + 2] == 0
        }
    }

    @Test func variantsDifferOutsideTheEllipseOnly() {
        var parameters = MethodParameters.Prompting()
        parameters.ellipse = .exact
        let prompted = Prompting(on: Self.picture, within: nil, parameters: parameters).pictures(for: Self.grouping)
        #expect(prompted.map(\.part) == [0, 1, 2])
        let gray = Prompting.grayscale(Self.picture)
        let blurred = GaussianBlur.applied(to: Self.picture, size: 11)
        for part in prompted {
            let outline = part.ellipse.outline(width: 48, height: 40)
            #expect(!outline.isEmpty)
            for (variant, outside) in zip(part.pictures, [Self.picture.pixels, gray, blurred]) {
                #expect(Self.red(variant) == outline)
                for pixel in Set(0..<1920).subtracting(outline) {
                    let inside = part.ellipse.columns(inRow: pixel / 48, width: 48).contains(pixel % 48)
                    let source: [UInt8] = inside ? Self.picture.pixels : outside
                    let isSame = variant.pixels[pixel * 3..<pixel * 3 + 3] == source[pixel * 3..<pixel * 3 + 3]
                    #expect(isSame, "part \(part.part), pixel \(pixel)")
                }
            }
        }
    }

    @Test func thicknessIsThePensWidth() {
        // A part in the middle, drawn with pens of several widths: the run of red pixels along the centre row.
        for thickness in [1, 2, 3, 4, 5, 8] {
            var parameters = MethodParameters.Prompting()
            parameters.thickness = thickness
            parameters.ellipse = .exact
            let prompted = Prompting(on: Self.picture, within: nil, parameters: parameters).pictures(
                for: Self.grouping)[0]
            let row = Int(prompted.ellipse.centerY.rounded())
            let middle = Int(prompted.ellipse.centerX)
            let red = Set(Self.red(prompted.pictures[0]))
            #expect((0..<middle).count { red.contains(row * 48 + $0) } == thickness, "\(thickness)")
        }
    }

    @Test func gridsThatDoNotDivideThePictureAreUpscaledByNearestNeighbour() {
        let labels = [0, 1, -1, 0, 1, 1]
        let mask = PatchGrid(height: 3, width: 2).pixels(width: 5, height: 4) { labels[$0] == 1 }
        // Rows 0, 0, 1, 2 and columns 0, 0, 0, 1, 1 of the grid.
        #expect(mask.map { $0 ? 1 : 0 } == [0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
    }

    @Test func aPartTooSmallForAFitFallsBack() {
        let grouping = PartGrouping(
            method: .kmeans, gridHeight: 8, gridWidth: 8, labels: [0] + .init(repeating: -1, count: 63))
        let picture = Picture(width: 16, height: 16, pixels: .init(repeating: 90, count: 768))
        let prompted = Prompting(on: picture, within: nil, parameters: .init()).pictures(for: grouping)
        #expect(prompted.map(\.ellipseFallback) == [true])
        #expect(!Self.red(prompted[0].pictures[0]).isEmpty)
    }
}
