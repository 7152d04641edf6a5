import Testing

@testable import Inference

@Suite struct PreprocessorTests {
    @Test(arguments: GoldenImages.cases(\.preprocessing))
    func tensorsAreOpenCLIPs(_ golden: GoldenImages.Preprocessing) throws {
        let preprocessor = Preprocessor(configuration: golden.preprocess_cfg, imageSize: golden.image_size)
        let fit = try #require(ImageFit(rawValue: golden.fit))
        let values = preprocessor.pixelValues(preprocessor.fit(Picture(scattered: golden.source), as: fit))
        #expect(values.count == 3 * golden.image_size * golden.image_size)
        let bytes = values.withUnsafeBytes { Array($0) }
        if let hash = golden.fnv1a { #expect(GoldenImages.fnv1a(bytes) == hash) }
        guard let expected = try golden.expectation.bytes else { return }
        // Bit for bit: the same 8-bit pixels through the same three float operations.
        let differing = zip(bytes, expected).count { $0 != $1 }
        #expect(bytes == expected, "\(differing) bytes differ")
    }

    @Test(arguments: GoldenImages.cases(\.displaying).indices)
    func displayedLevelsAreTruncated(_ index: Int) throws {
        let golden = GoldenImages.cases(\.displaying)[index]
        let preprocessor = Preprocessor(configuration: golden.preprocess_cfg, imageSize: 8)
        let ramp = Picture(width: 256, height: 1, pixels: (0..<768).map { UInt8($0 / 3) })
        let shown = preprocessor.displayPicture(ramp)
        let expected = try GoldenImages.bytes(of: golden.file)
        #expect(shown.pixels == expected)
        #expect(zip(ramp.pixels, expected).allSatisfy { $0 == $1 || $0 == $1 + 1 })
    }

    @Test func intoMemoryOfTheCaller() {
        let preprocessor = Preprocessor(configuration: PreprocessConfiguration(), imageSize: 5)
        let picture = Picture(scattered: .init(width: 5, height: 5, seed: 2))
        var values = [Float](repeating: .nan, count: 2 * 75)
        values.withUnsafeMutableBufferPointer { buffer in
            if let base = buffer.baseAddress { preprocessor.input(picture).write(side: 5, into: base + 75) }
        }
        #expect(values[..<75].allSatisfy { $0.isNaN })
        #expect(Array(values[75...]) == preprocessor.pixelValues(picture))
    }

    /// A crop of a strip needs neither the pixels nor the time of the whole enlarged strip (224 × 14,000,000 here).
    @Test(arguments: ResizeMode.allCases)
    func stripsAreCheap(_ mode: ResizeMode) {
        let preprocessor = Preprocessor(configuration: PreprocessConfiguration(resizeMode: mode), imageSize: 224)
        for strip in [
            Picture(width: 1, height: 65_535, pixels: Array(repeating: 9, count: 3 * 65_535)),
            Picture(width: 65_535, height: 1, pixels: Array(repeating: 9, count: 3 * 65_535)),
        ] {
            let fitted = preprocessor.fit(strip, as: .official)
            #expect(fitted.width == 224 && fitted.height == 224)
            #expect(fitted.pixels[(112 * 224 + 112) * 3] == 9 || mode == .longest)
        }
    }
}
