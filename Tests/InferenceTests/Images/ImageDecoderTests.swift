import Testing

@testable import Inference

@Suite struct ImageDecoderTests {
    @Test(arguments: GoldenImages.cases(\.decoding))
    func pixelsArePillows(_ golden: GoldenImages.Decoding) throws {
        let picture = try ImageDecoder.decode(GoldenImages.bytes(of: golden.picture), named: golden.picture)
        #expect(picture.width == golden.width)
        #expect(picture.height == golden.height)
        if let hash = golden.fnv1a { #expect(GoldenImages.fnv1a(picture.pixels) == hash) }
        guard let expected = try golden.expectation.bytes else { return }
        try #require(picture.pixels.count == expected.count)
        let differences = zip(picture.pixels, expected).map { abs(Int($0) - Int($1)) }
        let largest = differences.max() ?? 0
        let differing = differences.count { $0 != 0 }
        // JPEG alone leaves decoders a freedom; the libjpeg-turbo versions may use it by one level in a thousand pixels.
        let isJPEG = golden.picture.hasSuffix(".jpg")
        #expect(largest <= (isJPEG ? 1 : 0), "largest difference \(largest)")
        #expect(Double(differing) <= (isJPEG ? 0.001 * Double(expected.count) : 0), "\(differing) samples differ")
    }

    @Test func bytesAfterThePictureAreIgnored() throws {
        for name in ["baseline_420.jpg", "progressive_444.jpg", "rgb_16.png", "lossy.webp"] {
            let bytes = try GoldenImages.bytes(of: name)
            let picture = try ImageDecoder.decode(bytes, named: name)
            #expect(try ImageDecoder.decode(bytes + Array("trailing".utf8), named: name) == picture, "\(name)")
        }
    }

    @Test(arguments: GoldenImages.cases(\.decoding).map(\.picture))
    func everyShorterFileIsRefused(_ name: String) throws {
        let bytes = try GoldenImages.bytes(of: name)
        // Pillow forgives a PNG whose pixels are complete but whose end mark is missing.
        let needed = name.hasSuffix(".png") ? PNGChunk.endOfImageData(bytes) : bytes.count
        let step = max(needed / 300, 1)
        for length in Set(stride(from: 1, to: needed, by: step)).union([needed - 1, needed - 2]) {
            let error = #expect(throws: InferenceError.self, "\(name) cut to \(length) of \(bytes.count)") {
                try ImageDecoder.decode(Array(bytes.prefix(length)), named: name)
            }
            guard let error else { continue }
            #expect(error.description.hasPrefix(name))
            if length > 64 { #expect(error.code == .damagedImage, "\(error)") }
        }
        if needed < bytes.count {
            _ = try ImageDecoder.decode(Array(bytes.prefix(needed)), named: name)
        }
    }

    @Test(arguments: [
        ("refused.ico", "an icon"), ("refused.jpeg2000", "a JPEG 2000"), ("refused_animated.webp", "an animation"),
    ])
    func otherKindsAreNamed(_ name: String, _ kind: String) throws {
        let error = try #require(throws: InferenceError.self) {
            try ImageDecoder.decode(GoldenImages.bytes(of: name), named: "folder/x.jpg")
        }
        #expect(error.code == .unsupportedImage)
        #expect(error.description.hasPrefix("folder/x.jpg is a"))
        #expect(error.description.contains(kind))
        #expect(error.description.contains("JPEG, PNG or WebP"))
    }

    @Test(arguments: [
        ("\u{FEFF}  \n<!DOCTYPE html><html><body>404</body></html>", "an HTML page"),
        ("<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>", "an SVG"),
        ("<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code></Error>", "an XML document"),
        ("\0\0\0\u{18}ftypheic\0\0\0\0mif1heic", "a HEIC"), ("%PDF-1.7", "a PDF"),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n", "git lfs pull"),
        ("II*\0\u{10}\0\0\0CR\u{2}\0", "a camera raw file"),
        ("\n <html><title>Log in</title></html>", "as a login or an error is answered with"),
        ("\0\u{5}\u{16}\u{7}\0\u{2}\0\0Mac OS X", "AppleDouble"),
        ("{\"error\": \"not found\"}", "does not start like"), ("x", "does not start like"),
        ("BMW and other makers", "does not start like"),
    ])
    func textIsNoPicture(_ text: String, _ kind: String) throws {
        let error = try #require(throws: InferenceError.self) {
            try ImageDecoder.decode(Array(text.utf8), named: "cat.jpg")
        }
        #expect(error.code == .unsupportedImage)
        #expect(error.description.contains(kind), "\(error)")
    }

    /// Pillow checks no sum of a chunk with pixels, and every other that it needs.
    @Test(arguments: ["rgb_8_interlaced.png", "rgb_16.png", "palette_4.png", "gray_1.png"])
    func sumsOfPixelsAreNotChecked(_ name: String) throws {
        let bytes = try GoldenImages.bytes(of: name)
        let picture = try ImageDecoder.decode(bytes, named: name)
        var pixels = 0
        for chunk in PNGChunk.chunks(of: bytes) {
            let kind = String(decoding: bytes[chunk].dropFirst(4).prefix(4), as: UTF8.self)
            var broken = bytes
            broken[chunk.upperBound - 2] ^= 0x5A
            switch kind {
            case "IDAT":
                pixels += 1
                #expect(try ImageDecoder.decode(broken, named: name) == picture, "\(kind)")
            case "IHDR", "PLTE":
                let error = #expect(throws: InferenceError.self) { try ImageDecoder.decode(broken, named: name) }
                #expect(error?.code == .damagedImage)
            default: break
            }
        }
        #expect(pixels > 0)
    }

    @Test func applesPNGsAreNamed() throws {
        var bytes = try GoldenImages.bytes(of: "rgba_8.png")
        bytes.insert(contentsOf: PNGChunk.bytes("CgBI", [0x50, 0, 0x20, 2]), at: 8)
        let error = #expect(throws: InferenceError.self) { try ImageDecoder.decode(bytes, named: "icon.png") }
        #expect(error?.code == .unsupportedImage)
        #expect(error?.description.contains("CgBI") == true && error?.description.contains("pngcrush") == true)
    }

    @Test func emptyFileIsNamed() throws {
        let error = try #require(throws: InferenceError.self) { try ImageDecoder.decode([UInt8](), named: "cat.jpg") }
        #expect(error.code == .damagedImage)
        #expect(error.description == "cat.jpg is empty (0 bytes); fetch or export it again")
        let bare = #expect(throws: InferenceError.self) {
            try ImageDecoder.decode(UnsafeRawBufferPointer(start: nil, count: 0), named: "cat.jpg")
        }
        #expect(bare == error)
    }

    @Test func messagesHoldNoPayload() throws {
        let uri = "data:image/jpeg;base64," + String(repeating: "QUJD", count: 50_000)
        let error = try #require(throws: InferenceError.self) { try ImageDecoder.decode([1, 2, 3], named: uri) }
        #expect(error.description.hasPrefix("data:image/jpeg;base64,… does not start"))
        let path = "file:///" + String(repeating: "long/", count: 300) + "cat.jpg"
        let other = try #require(throws: InferenceError.self) { try ImageDecoder.decode([1, 2, 3], named: path) }
        #expect(other.description.utf8.count < 400)
        #expect(other.description.contains("long/cat.jpg does not start"))
    }
}
