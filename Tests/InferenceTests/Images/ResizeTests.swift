import Testing

@testable import Inference

@Suite struct ResizeTests {
    @Test(arguments: GoldenImages.cases(\.resizing))
    func pixelsArePillows(_ golden: GoldenImages.Resizing) throws {
        let filter = try #require(ResampleFilter(rawValue: golden.filter ?? ""))
        let result = Picture(scattered: golden.source).resized(
            width: golden.width, height: golden.height, filter: filter)
        try expect(result, golden)
    }

    @Test(arguments: GoldenImages.cases(\.cropping))
    func cropsAreTorchvisions(_ golden: GoldenImages.Resizing) throws {
        try expect(Picture(scattered: golden.source).centerCropped(width: golden.width, height: golden.height), golden)
    }

    private func expect(_ result: Picture, _ golden: GoldenImages.Resizing) throws {
        #expect(result.width == golden.width && result.height == golden.height)
        if let hash = golden.fnv1a { #expect(GoldenImages.fnv1a(result.pixels) == hash) }
        guard let expected = try golden.expectation.bytes else { return }
        let largest = zip(result.pixels, expected).map { abs(Int($0) - Int($1)) }.max()
        #expect(result.pixels == expected, "largest difference \(largest ?? 0)")
    }

    /// A window of a resize is that window of the whole resize.
    @Test(arguments: ResampleFilter.allCases)
    func windowsAreParts(_ filter: ResampleFilter) {
        let source = Picture(scattered: .init(width: 37, height: 23, seed: 3))
        for (width, height) in [(19, 11), (60, 50), (37, 40), (80, 23), (37, 23), (36, 11)] {
            let whole = source.resized(width: width, height: height, filter: filter)
            for (columns, rows) in [(3..<17, 2..<9), (0..<1, 0..<height), (width - 1..<width, height - 1..<height)] {
                let window = PixelWindow(columns: columns, rows: rows)
                let part = source.resampled(width: width, height: height, filter: filter, window: window)
                #expect(part == whole.cropped(to: window), "\(width)×\(height) \(window)")
            }
        }
    }

    /// The C loops against sums written down plainly.
    @Test(arguments: ResampleFilter.allCases, [1, 2, 3, 4, 5, 6, 7, 16, 17, 31])
    func loopsAddUp(_ filter: ResampleFilter, _ size: Int) {
        let source = Picture(scattered: .init(width: size, height: size + 2, seed: size))
        for target in [1, 2, 5, 16, 33] {
            let columns = ResampleWeights(from: size, to: target, window: 0..<target, filter: filter)
            let rows = ResampleWeights(from: size + 2, to: target, window: 0..<target, filter: filter)
            func sum(_ pass: ResampleWeights, _ output: Int, _ input: (Int) -> UInt8) -> UInt8 {
                let total = (0..<Int(pass.counts[output])).reduce(1 << 21) {
                    $0 + Int(input(Int(pass.firsts[output]) + $1)) * Int(pass.weights[output * pass.taps + $1])
                }
                return UInt8(clamping: total >> 22)
            }
            func combineColumns(_ picture: Picture) -> Picture {
                if target == size { return picture }
                let pixels = (0..<picture.height * target * 3).map { index in
                    let (y, x, channel) = (index / 3 / target, index / 3 % target, index % 3)
                    return sum(columns, x) { picture.pixels[(y * size + $0) * 3 + channel] }
                }
                return Picture(width: target, height: picture.height, pixels: pixels)
            }
            func combineRows(_ picture: Picture) -> Picture {
                if target == size + 2 { return picture }
                let length = picture.width * 3
                let pixels = (0..<target * length).map { index in
                    sum(rows, index / length) { picture.pixels[$0 * length + index % length] }
                }
                return Picture(width: picture.width, height: target, pixels: pixels)
            }
            let rowsFirst = target < size + 2 && size + 2 - target > 2 * (size - target)
            let expected = rowsFirst ? combineColumns(combineRows(source)) : combineRows(combineColumns(source))
            #expect(source.resized(width: target, height: target, filter: filter) == expected)
        }
    }
}
