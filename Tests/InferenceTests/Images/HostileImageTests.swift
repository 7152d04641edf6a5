import Testing

@testable import Inference

/// Seeded mutations of every fixture must give pictures or errors, and come back.
@Suite struct HostileImageTests {
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
            return z ^ z >> 31
        }
    }

    private static let names =
        GoldenImages.cases(\.decoding).map(\.picture).filter { $0 != "photo.jpg" } + ["refused_animated.webp"]
    private static let formats = GoldenFormats.cases.map(\.picture)

    @Test(arguments: names.indices)
    func mutationsGivePicturesOrErrors(_ index: Int) throws {
        let name = Self.names[index]
        try read(name, try GoldenImages.bytes(of: name), index)
    }

    @Test(arguments: formats.indices)
    func mutationsOfOtherFormatsGivePicturesOrErrors(_ index: Int) throws {
        let name = Self.formats[index]
        try read(name, try GoldenFormats.bytes(of: name), index)
    }

    private func read(_ name: String, _ original: [UInt8], _ index: Int) throws {
        var generator = Generator(state: UInt64(index))
        // Small enough that a mutated size costs milliseconds, large enough to leave the fixtures far behind.
        let limits = DecodingLimits(maxPixels: 1_000_000)
        var pictures = 0
        let rounds = 80
        for round in 0..<rounds {
            var bytes = original
            for _ in 0...Int.random(in: 0..<4, using: &generator) { mutate(&bytes, &generator) }
            if name.hasSuffix(".png") && round % 4 != 0 { PNGChunk.repairChecksums(&bytes) }
            do throws(InferenceError) {
                let picture = try ImageDecoder.decode(bytes, named: name, limits: limits)
                #expect(picture.pixels.count == picture.width * picture.height * 3)
                #expect(picture.width * picture.height <= limits.maxPixels)
                pictures += 1
            } catch {
                #expect(error.description.hasPrefix(name))
                #expect([.damagedImage, .unsupportedImage, .imageTooLarge].contains(error.code))
            }
        }
        // Were nothing ever accepted, or everything, the mutations would be beside the point.
        #expect(pictures < rounds)
    }

    private func mutate(_ bytes: inout [UInt8], _ generator: inout Generator) {
        // Signatures are left alone: without them no decoder is reached.
        guard bytes.count > 24 else { return }
        let at = Int.random(in: 12..<bytes.count, using: &generator)
        let length = min(Int.random(in: 1...16, using: &generator), bytes.count - at)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes[at] = .random(in: 0...255, using: &generator)
        case 2: bytes.removeSubrange(at..<at + length)
        case 3:
            bytes.insert(contentsOf: bytes[at..<at + length], at: Int.random(in: 12..<bytes.count, using: &generator))
        case 4:
            for offset in at..<at + length {
                bytes[offset] = [0x00, 0xFF, 0x7F, 0x80].randomElement(using: &generator) ?? 0
            }
        default: bytes.removeLast(Int.random(in: 1...(bytes.count - 12), using: &generator))
        }
    }
}
