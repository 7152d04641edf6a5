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
        #expect(error.description.contains("more scans than are read of a picture of this size"), "\(error)")
    }

    /// The larger the picture, the fewer scans of it: their product is what takes time.
    @Test func scansAreBoundedByPixels() throws {
        let bytes = try GoldenImages.bytes(of: "progressive_444.jpg")
        let pixels = 41 * 31
        let scans = bytes.indices.dropLast().count { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xDA }
        try #require(scans > 3)
        _ = try ImageDecoder.decode(bytes, named: "a.jpg", limits: DecodingLimits(maxScanPixels: scans * pixels))
        let error = try #require(throws: InferenceError.self) {
            try ImageDecoder.decode(bytes, named: "a.jpg", limits: DecodingLimits(maxScanPixels: scans * pixels - 1))
        }
        #expect(error.description.contains("more scans"), "\(error)")
    }

    /// What each kind takes beside its pixels: nothing, coefficients of every component, or words of four bytes and an alpha plane.
    @Test(arguments: [
        ("rgb_16.png", 3), ("rgba_16_interlaced.png", 3), ("baseline_420.jpg", 3), ("gray_progressive.jpg", 5),
        ("progressive_444.jpg", 9), ("progressive_420.jpg", 6), ("lossy.webp", 3), ("lossless.webp", 7),
        ("lossy_alpha.webp", 8),
    ]) func memoryIsKnownFromTheHeader(name: String, perPixel: Int) throws {
        let bytes = try GoldenImages.bytes(of: name)
        let picture = try ImageDecoder.decode(bytes, named: name)
        let pixels = picture.width * picture.height
        // Coefficients are kept in blocks of 8×8, or of 16×16 pixels.
        let padded = 3 * pixels + (perPixel - 3) * ((picture.width + 15) / 16 * 16) * ((picture.height + 15) / 16 * 16)
        let enough = ImageMemory(bytes: padded)
        #expect(try ImageDecoder.decode(bytes, named: name, limits: DecodingLimits(memory: enough)) == picture)
        #expect(enough.inUse == 0)
        let error = try #require(throws: InferenceError.self) {
            try ImageDecoder.decode(
                bytes, named: name, limits: DecodingLimits(memory: ImageMemory(bytes: perPixel * pixels - 1)))
        }
        #expect(error.code == .imageTooLarge)
        #expect(error.description.contains("\(name) declares \(picture.width)×\(picture.height) pixels"), "\(error)")
        #expect(error.description.contains("ENTENTE_IMAGE_MEMORY"))
    }

    /// All threads together stay within the budget, and all come to their turn; what fails gives back what it took.
    @Test func memoryIsShared() async throws {
        let names = ["progressive_444.jpg", "lossless.webp", "rgba_8.png", "baseline_420.jpg"]
        let files = try names.map { ($0, try GoldenImages.bytes(of: $0)) }
        let broken = ("cut.png", Array(try GoldenImages.bytes(of: "rgba_8.png").dropLast(200)))
        // Room for one large one, or for two or three small ones.
        let memory = ImageMemory(bytes: 41 * 31 * 3 + 48 * 32 * 6)
        let limits = DecodingLimits(memory: memory)
        let over = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var over = 0
                    for round in 0..<100 {
                        let (name, bytes) = round % 5 == 4 ? broken : files[round % 5]
                        let used = try? ImageDecoder.decode(bytes, named: name, limits: limits) { _ in memory.inUse }
                        if let used, used > memory.bytes || used < 41 * 31 * 3 { over += 1 }
                    }
                    return over
                }
            }
            return await group.reduce(0, +)
        }
        #expect(over == 0 && memory.inUse == 0)
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
