import Inference
import Testing

@testable import Concepts

@Suite struct GaussianBlurTests {
    struct Case: Decodable {
        let height: Int, width: Int, size: Int
        let pixels: String, blurred: String, gray: String
    }

    @Test func isOpenCVs() throws {
        let cases: [Case] = try Golden.cases("blurs", in: "drawing")
        for (number, golden) in cases.enumerated() {
            let picture = Picture(
                width: golden.width, height: golden.height, pixels: try Golden.bytes(golden.pixels))
            #expect(
                GaussianBlur.applied(to: picture, size: golden.size) == (try Golden.bytes(golden.blurred)),
                "case \(number), \(golden.size) values")
            let gray = try Golden.bytes(golden.gray).flatMap { [$0, $0, $0] }
            #expect(Prompting.grayscale(picture) == gray, "case \(number)")
        }
    }

    @Test(arguments: [(1, 1, 3), (7, 5, 11), (16, 3, 5), (33, 9, 21), (19, 40, 9), (5, 64, 101)])
    func isTheSumOverTheSquare(width: Int, height: Int, size: Int) {
        let picture = Picture(
            width: width, height: height,
            pixels: (0..<width * height * 3).map { UInt8(truncatingIfNeeded: $0 * 7919 >> 3) })
        let weights = GaussianBlur.weights(size: size)
        let expected = picture.pixels.indices.map { index in
            let (x, y, channel) = (index / 3 % width, index / 3 / width, index % 3)
            var sum = 0
            for (down, vertical) in weights.enumerated() {
                for (right, horizontal) in weights.enumerated() {
                    let row = GaussianBlur.mirrored(y + down - size / 2, count: height)
                    let column = GaussianBlur.mirrored(x + right - size / 2, count: width)
                    sum += vertical * horizontal * Int(picture.pixels[(row * width + column) * 3 + channel])
                }
            }
            return UInt8((sum + 32768) >> 16)
        }
        #expect(GaussianBlur.applied(to: picture, size: size) == expected)
    }

    @Test func weightsAreWholeAndSumToOne() {
        #expect(GaussianBlur.weights(size: 11) == [2, 7, 17, 31, 45, 52, 45, 31, 17, 7, 2])
        for size in stride(from: 1, through: 101, by: 2) {
            let weights = GaussianBlur.weights(size: size)
            #expect(weights.count == size && weights.reduce(0, +) == 256 && weights == weights.reversed())
            #expect(weights.allSatisfy { 0...256 ~= $0 })
        }
    }

    @Test func bordersAreMirroredAsOftenAsNeeded() {
        #expect((-6...6).map { GaussianBlur.mirrored($0, count: 3) } == [2, 1, 0, 1, 2, 1, 0, 1, 2, 1, 0, 1, 2])
        #expect(GaussianBlur.mirrored(-7, count: 1) == 0)
    }
}
