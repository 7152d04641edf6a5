import Testing

@testable import Inference

@Suite struct DecodingLimitsTests {
    /// The header of a fixture with another size written into it.
    private func enlarged(_ name: String, _ side: Int) throws -> [UInt8] {
        var bytes = try GoldenImages.bytes(of: name)
        func write(_ value: Int, at offset: Int, bytes count: Int, bigEndian: Bool) {
            for index in 0..<count {
                bytes[offset + index] = UInt8(
                    truncatingIfNeeded: value >> (8 * (bigEndian ? count - 1 - index : index)))
            }
        }
        if name.hasSuffix(".png") {
            write(side, at: 16, bytes: 4, bigEndian: true)
            write(side, at: 20, bytes: 4, bigEndian: true)
        } else if name.hasSuffix(".jpg") {
            let frame = try #require(
                bytes.indices.dropLast(9).first { bytes[$0] == 0xFF && (0xC0...0xC2).contains(bytes[$0 + 1]) })
            write(side, at: frame + 5, bytes: 2, bigEndian: true)
            write(side, at: frame + 7, bytes: 2, bigEndian: true)
        } else if name == "lossless.webp" {
            write((side - 1) | (side - 1) << 14, at: 21, bytes: 4, bigEndian: false)
        } else if name == "lossy_alpha.webp" {
            write(side - 1, at: 24, bytes: 3, bigEndian: false)
            write(side - 1, at: 27, bytes: 3, bigEndian: false)
        } else {
            write(side, at: 26, bytes: 2, bigEndian: false)
            write(side, at: 28, bytes: 2, bigEndian: false)
        }
        return bytes
    }

    @Test(arguments: [
        ("rgb_16.png", 30_000), ("baseline_420.jpg", 30_000), ("progressive_420.jpg", 30_000),
        ("lossy_alpha.webp", 30_000), ("lossless.webp", 16_000), ("lossy.webp", 16_000),
    ])
    func oversizedHeaderIsRefused(_ name: String, _ side: Int) throws {
        let bytes = try enlarged(name, side)
        // Also when hardly more than the header is there.
        for bytes in [bytes, Array(bytes.prefix(name.hasSuffix(".jpg") ? bytes.count / 2 : 40))] {
            let error = try #require(throws: InferenceError.self) { try ImageDecoder.decode(bytes, named: name) }
            #expect(error.code == .imageTooLarge)
            #expect(
                error.description.hasPrefix("\(name) declares \(side)×\(side) pixels, more than the limit of 100000000")
            )
        }
    }

    @Test(arguments: ["rgb_16.png", "baseline_420.jpg", "progressive_420.jpg", "lossy.webp", "lossy_alpha.webp"])
    func limitsAreInclusive(_ name: String) throws {
        let bytes = try GoldenImages.bytes(of: name)
        let exact = DecodingLimits(maxBytes: bytes.count, maxPixels: 41 * 31, maxSide: 41)
        _ = try ImageDecoder.decode(bytes, named: name, limits: exact)
        for (key, word) in [
            (\DecodingLimits.maxBytes, "bytes"), (\.maxPixels, "limit on pixels"), (\.maxSide, "limit on sides"),
        ] {
            var tight = exact
            tight[keyPath: key] -= 1
            let error = try #require(throws: InferenceError.self) {
                try ImageDecoder.decode(bytes, named: name, limits: tight)
            }
            #expect(error.code == .imageTooLarge)
            #expect(error.description.contains(word), "\(error)")
        }
    }

    @Test func scansAreCapped() throws {
        let bytes = try GoldenImages.bytes(of: "progressive_444.jpg")
        let error = try #require(throws: InferenceError.self) {
            try ImageDecoder.decode(bytes, named: "bomb.jpg", limits: DecodingLimits(maxScans: 3))
        }
        #expect(error.code == .unsupportedImage)
        #expect(error.description.contains("scans"))
    }

    /// A last scan that refines nothing, repeated: a few bytes each, the whole picture's time each.
    @Test func scanBombIsRefused() throws {
        let bytes = try GoldenImages.bytes(of: "gray_progressive.jpg")
        let starts = bytes.indices.dropLast().filter { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xDA }
        let last = try #require(starts.last)
        let scan = bytes[last..<bytes.count - 2]
        let bomb = Array(bytes.dropLast(2)) + Array(repeatElement(scan, count: 200).joined()) + [0xFF, 0xD9]
        let error = try #require(throws: InferenceError.self) { try ImageDecoder.decode(bomb, named: "bomb.jpg") }
        #expect(error.description.contains("more scans than any encoder writes"), "\(error)")
    }

    @Test func bulkyMetadataIsSkipped() throws {
        let bytes = try GoldenImages.bytes(of: "rgba_8.png")
        let text = PNGChunk.bytes("tEXt", Array(repeating: UInt8(ascii: "x"), count: 9_000_000))
        let many = Array(repeatElement(PNGChunk.bytes("tEXt", Array("k\0v".utf8)), count: 20_000).joined())
        let picture = try ImageDecoder.decode(bytes, named: "a.png")
        for extra in [text, many] {
            let bulky = Array(bytes.prefix(33)) + extra + Array(bytes.dropFirst(33))
            #expect(try ImageDecoder.decode(bulky, named: "a.png") == picture)
        }
    }
}
