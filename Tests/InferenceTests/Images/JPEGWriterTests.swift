import Testing

@testable import Inference

@Suite struct JPEGWriterTests {
    /// Lossy, so that a smooth picture comes back about as it was.
    @Test(arguments: [(1, 1), (17, 300), (300, 9), (500, 375)])
    func whatIsWrittenReadsBack(_ width: Int, _ height: Int) throws {
        var pixels: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width { pixels += [UInt8(x * 200 / width), UInt8(y * 200 / height), 90] }
        }
        let picture = Picture(width: width, height: height, pixels: pixels)
        let read = try ImageDecoder.decode(picture.jpegData(quality: 95), named: "written.jpg")
        #expect(read.width == width && read.height == height)
        let worst = zip(read.pixels, pixels).reduce(0) { max($0, abs(Int($1.0) - Int($1.1))) }
        #expect(worst <= 8)
    }

    @Test func picturesThatNoJPEGHoldsAreRefused() {
        #expect(throws: InferenceError.self) { try Picture(width: 0, height: 3, pixels: []).jpegData() }
        #expect(throws: InferenceError.self) {
            try Picture(width: 70_000, height: 1, pixels: .init(repeating: 0, count: 210_000)).jpegData()
        }
    }
}
