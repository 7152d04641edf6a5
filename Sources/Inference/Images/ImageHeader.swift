/// Width and height as the first bytes of a PNG or WebP declare them, found without a decoder so that an oversized picture
/// is named as such even when its file is also cut short.
struct ImageHeader: Equatable {
    var width: Int
    var height: Int
    /// Bytes that a decoder needs beside the result, in proportion to the pixels.
    var working: Int

    init(width: Int, height: Int, working: Int = 0) {
        self.width = width
        self.height = height
        self.working = working
    }

    /// - Returns: `nil` when the header is incomplete or malformed.
    init?(png bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 24, bytes[12..<16].elementsEqual("IHDR".utf8) else { return nil }
        func bigEndian(at offset: Int) -> Int {
            Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        }
        width = bigEndian(at: 16)
        height = bigEndian(at: 20)
        // Some rows alone, also of an interlaced one.
        working = 0
    }

    /// - Returns: `nil` when the header is incomplete or malformed.
    init?(webp bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 30 else { return nil }
        func littleEndian(_ length: Int, at offset: Int) -> Int {
            (0..<length).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
        }
        // What is lossless is decoded to four bytes a pixel; an alpha plane, which may be that too, to one more.
        var perPixel = 4
        switch String(decoding: bytes[12..<16], as: UTF8.self) {
        case "VP8X":
            perPixel = 5
            width = littleEndian(3, at: 24) + 1
            height = littleEndian(3, at: 27) + 1
        case "VP8L" where bytes[20] == 0x2F:
            let sizes = littleEndian(4, at: 21)
            width = sizes & 0x3FFF + 1
            height = sizes >> 14 & 0x3FFF + 1
        case "VP8 " where littleEndian(3, at: 23) == 0x2A019D:
            perPixel = 0
            width = littleEndian(2, at: 26) & 0x3FFF
            height = littleEndian(2, at: 28) & 0x3FFF
        default:
            return nil
        }
        // At most 2^24 a side.
        working = perPixel * width * height
    }
}
