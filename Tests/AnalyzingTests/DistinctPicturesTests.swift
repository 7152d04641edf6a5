import Inference
import Testing

@testable import Analyzing

@Suite struct DistinctPicturesTests {
    private static func picture(_ width: Int, _ height: Int, changing place: Int? = nil) -> Picture {
        var pixels = (0..<3 * width * height).map { UInt8(truncatingIfNeeded: $0 &* 29) }
        if let place { pixels[place] ^= 1 }
        return Picture(width: width, height: height, pixels: pixels)
    }

    @Test func eachIsKeptOnceInTheOrderOfItsFirst() {
        let (a, b, c) = (Self.picture(7, 5), Self.picture(7, 5, changing: 104), Self.picture(7, 5, changing: 0))
        let distinct = DistinctPictures([b, a, b, c, a, Self.picture(7, 5)])
        #expect(distinct.pictures == [b, a, c])
        #expect(distinct.places == [0, 1, 0, 2, 1, 1])
    }

    /// Bytes alone don't make a picture.
    @Test func sidesCount() {
        let distinct = DistinctPictures([
            Self.picture(6, 4), Self.picture(4, 6), Self.picture(8, 3), Self.picture(4, 6),
        ])
        #expect(distinct.pictures.map(\.width) == [6, 4, 8] && distinct.places == [0, 1, 2, 1])
    }

    @Test func nothingIsNothing() {
        #expect(DistinctPictures([]).pictures.isEmpty && DistinctPictures([]).places.isEmpty)
    }
}
