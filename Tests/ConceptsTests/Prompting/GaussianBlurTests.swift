import Inference
import Testing

@testable import Concepts

@Suite struct GaussianBlurTests {
    struct Case: Decodable {
        let height: Int, width: Int, size: Int
        let pixels: String, blurred: String, gray: String
    }

    @Test func isOpenCVsWithinOneLevel() throws {
        let cases: [Case] = try Golden.cases("blurs")
        for (number, golden) in cases.enumerated() {
            let picture = Picture(
                width: golden.width, height: golden.height, pixels: try Golden.bytes(golden.pixels))
            let blurred = GaussianBlur.applied(to: picture, size: golden.size)
            let expected = try Golden.bytes(golden.blurred)
            #expect(blurred.count == expected.count)
            let worst = zip(blurred, expected).map { abs(Int($0) - Int($1)) }.max()
            #expect(worst ?? 9 <= 1, "case \(number): off by \(worst ?? 9)")
            let gray = try Golden.bytes(golden.gray).flatMap { [$0, $0, $0] }
            #expect(Prompting.grayscale(picture) == gray, "case \(number)")
        }
    }

    @Test func weightsAreThoseOfTheMethod() {
        // METHODS §1.7: 11 pixels, σ = 2.
        let expected = [0.008812, 0.027144, 0.065114, 0.121649, 0.176998, 0.200565]
        expectClose(
            GaussianBlur.weights(size: 11).map(Double.init), expected + expected.dropLast().reversed(),
            tolerance: 5e-7)
    }

    @Test func bordersAreMirroredAsOftenAsNeeded() {
        #expect((-6...6).map { GaussianBlur.mirrored($0, count: 3) } == [2, 1, 0, 1, 2, 1, 0, 1, 2, 1, 0, 1, 2])
        #expect(GaussianBlur.mirrored(-7, count: 1) == 0)
    }
}
