import Testing

@testable import Inference

@Suite struct PNGWriterTests {
    @Test(arguments: [(1, 1), (1, 300), (300, 1), (41, 31), (640, 480)])
    func whatIsWrittenReadsBack(_ width: Int, _ height: Int) throws {
        let picture = Picture(scattered: .init(width: width, height: height, seed: 4))
        let bytes = try picture.pngData()
        #expect(try ImageDecoder.decode(bytes, named: "written.png") == picture)
        #expect(try picture.pngData() == bytes)
    }

    @Test func emptyPicturesAreRefused() {
        #expect(throws: InferenceError.self) { try Picture(width: 0, height: 3, pixels: []).pngData() }
    }
}
