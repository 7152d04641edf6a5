import Testing

@testable import Inference

@Suite struct IndexedPictureTests {
    /// Read back as RGB, each pixel is the colour of its number; the file says that it has a palette.
    @Test(arguments: [(1, 1, 1), (300, 1, 2), (17, 31, 17), (64, 48, 256)])
    func numbersStandForColours(width: Int, height: Int, colors: Int) throws {
        func color(_ number: Int) -> SIMD3<UInt8> {
            let (red, blue): (UInt8, UInt8) = (UInt8(number), UInt8(number * 7 % 256))
            return SIMD3<UInt8>(red, 255 - red, blue)
        }
        let palette: [SIMD3<UInt8>] = (0..<colors).map(color)
        let count: Int = width * height
        let numbers: [UInt8] = (0..<count).map { (pixel: Int) -> UInt8 in UInt8(pixel * 13 % colors) }
        let picture = IndexedPicture(width: width, height: height, pixels: numbers, palette: palette)
        let bytes = try picture.pngData()
        let expected: [UInt8] = numbers.flatMap { number -> [UInt8] in
            let color = palette[Int(number)]
            return [color.x, color.y, color.z]
        }
        #expect(try ImageDecoder.decode(bytes, named: "labels.png").pixels == expected)
        // The header's bit depth and kind of colour: one byte a pixel, indexed.
        #expect(bytes[24] == 8 && bytes[25] == 3)
    }

    @Test func emptyPicturesAreRefused() {
        let picture = IndexedPicture(width: 0, height: 2, pixels: [], palette: [.zero])
        #expect(throws: InferenceError.self) { try picture.pngData() }
    }

    @Test(arguments: [
        (1000, 500, 100, 100, 50), (500, 1000, 100, 50, 100), (90, 100, 100, 90, 100), (10_000, 3, 100, 100, 1),
    ])
    func picturesFitWithin(width: Int, height: Int, side: Int, fitWidth: Int, fitHeight: Int) {
        let size = Picture.fitted(width: width, height: height, within: side)
        #expect(size == (fitWidth, fitHeight))
        let picture = Picture(width: width, height: height, pixels: .init(repeating: 7, count: width * height * 3))
        let fitted = picture.fitted(within: side)
        #expect(fitted.width == fitWidth && fitted.height == fitHeight && fitted.pixels.allSatisfy { $0 == 7 })
    }
}
