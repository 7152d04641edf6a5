import Testing

@testable import Inference

/// GIF, TIFF, BMP and AVIF.
@Suite struct FormatDecoderTests {
    @Test(arguments: GoldenFormats.cases)
    func pixelsArePillows(_ golden: GoldenImages.Decoding) throws {
        let picture = try ImageDecoder.decode(GoldenFormats.bytes(of: golden.picture), named: golden.picture)
        #expect(picture.width == golden.width)
        #expect(picture.height == golden.height)
        let expected = try GoldenFormats.bytes(of: try #require(golden.file))
        try #require(picture.pixels.count == expected.count)
        let largest = zip(picture.pixels, expected).map { abs(Int($0) - Int($1)) }.max() ?? 0
        // As for JPEGs: a level is the freedom that their decoders have. AVIF's are exact, and so is the conversion of both.
        #expect(largest <= (golden.picture.hasSuffix("jpeg.tiff") ? 1 : 0), "largest difference \(largest)")
    }

    /// A file may lack what no pixel needs, as Pillow's may, and nothing more.
    @Test(arguments: GoldenFormats.cases)
    func everyShorterFileIsRefused(_ golden: GoldenImages.Decoding) throws {
        let name = golden.picture
        let bytes = try GoldenFormats.bytes(of: name)
        let needed = try #require(golden.needed)
        for length in Set(stride(from: 1, to: needed, by: max(needed / 150, 1))).union([needed - 1]) {
            let error = #expect(throws: InferenceError.self, "\(name) cut to \(length) of \(bytes.count)") {
                try ImageDecoder.decode(Array(bytes.prefix(length)), named: name)
            }
            #expect(error?.description.hasPrefix(name) == true)
            if length > 64 { #expect(error?.code == .damagedImage, "\(length): \(error?.description ?? "")") }
        }
        // A tile is read whole here, where Pillow needs no more of one than what is seen.
        guard !name.hasPrefix("tiles") else { return }
        let whole = try ImageDecoder.decode(bytes, named: name)
        #expect(try ImageDecoder.decode(Array(bytes.prefix(needed)), named: name) == whole)
    }

    @Test(arguments: [
        ("refused.heic", "is a HEIC, which is not read here"), ("refused.jxl", "is a JPEG XL, which is not read here"),
        ("refused_run_length.bmp", "BMP of a kind that is not read here (run-length compression)"),
        ("refused_float.tiff", "TIFF of a kind that is not read here (floating-point samples)"),
        ("refused_thumbnail.tiff", "its first picture is a thumbnail, as in a camera's raw file"),
        ("refused_zstd.tiff", "TIFF of a kind that is not read here (compression 50000)"),
        ("refused_lab.tiff", "colours other than gray, palette, RGB, CMYK or YCbCr"),
    ]) func whatIsNotReadIsNamed(_ name: String, _ words: String) throws {
        let error = try #require(throws: InferenceError.self) {
            try ImageDecoder.decode(GoldenFormats.bytes(of: name), named: "a.jpg")
        }
        #expect(error.code == .unsupportedImage)
        #expect(error.description.contains(words), "\(error)")
        #expect(error.description.contains("JPEG, PNG or WebP"))
    }

    /// The kind of a container is told by what it holds: editors write either brand first.
    @Test func anAVIFMayCallItselfAContainer() throws {
        var bytes = try GoldenFormats.bytes(of: "444.avif")
        let picture = try ImageDecoder.decode(bytes, named: "a.avif")
        bytes.replaceSubrange(8..<12, with: Array("mif1".utf8))
        #expect(try ImageDecoder.decode(bytes, named: "a.avif") == picture)
    }

    /// What decoding takes beside the pixels is within the budget that all share, and is known before a pixel is.
    @Test(arguments: [
        ("many.gif", 37), ("rgb.bmp", 0), ("rgb_tiff_lzw.tiff", 37 * 3), ("turned_6.tiff", 9 * 3 + 9 * 5 * 3),
        ("tiles.tiff", 16 * 16 * 3), ("444.avif", 37 * 29 * 12 + 4 << 20),
    ]) func memoryIsKnownFromTheHeader(_ name: String, _ working: Int) throws {
        let bytes = try GoldenFormats.bytes(of: name)
        let picture = try ImageDecoder.decode(bytes, named: name)
        let whole = picture.pixels.count + working
        let enough = ImageMemory(bytes: whole)
        #expect(try ImageDecoder.decode(bytes, named: name, limits: DecodingLimits(memory: enough)) == picture)
        #expect(enough.inUse == 0)
        let error = try #require(throws: InferenceError.self) {
            try ImageDecoder.decode(
                bytes, named: name, limits: DecodingLimits(memory: ImageMemory(bytes: whole - 1)))
        }
        #expect(error.code == .imageTooLarge)
        #expect(error.description.contains("ENTENTE_IMAGE_MEMORY"))
    }

    @Test(arguments: ["many.gif", "rgb.bmp", "rgb_tiff_lzw.tiff", "444.avif"])
    func limitsHold(_ name: String) throws {
        let bytes = try GoldenFormats.bytes(of: name)
        for limits in [DecodingLimits(maxPixels: 37 * 29 - 1), DecodingLimits(maxSide: 36)] {
            let error = try #require(throws: InferenceError.self) {
                try ImageDecoder.decode(bytes, named: name, limits: limits)
            }
            #expect(error.code == .imageTooLarge)
            #expect(error.description.contains("\(name) declares 37×29 pixels"))
        }
        _ = try ImageDecoder.decode(bytes, named: name, limits: DecodingLimits(maxPixels: 37 * 29, maxSide: 37))
    }

    /// A header that promises more than memory holds is refused before anything is allocated.
    @Test func oversizedHeadersAreRefused() throws {
        func patched(_ name: String, _ offset: Int, _ value: [UInt8]) throws -> [UInt8] {
            var bytes = try GoldenFormats.bytes(of: name)
            bytes.replaceSubrange(offset..<offset + value.count, with: value)
            return bytes
        }
        let cases = [
            try patched("many.gif", 6, [0xFF, 0xFF, 0xFF, 0xFF]), try patched("rgb.bmp", 18, [0, 0, 1, 0, 0, 0, 1, 0]),
            try patched("rgb.bmp", 18, [0xFF, 0xFF, 0xFF, 0x7F]),
        ]
        for bytes in cases {
            let error = try #require(throws: InferenceError.self) { try ImageDecoder.decode(bytes, named: "a") }
            #expect(error.code == .imageTooLarge, "\(error)")
        }
    }
}
