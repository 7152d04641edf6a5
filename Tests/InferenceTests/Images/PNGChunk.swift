/// PNG chunks for tests that change files.
enum PNGChunk {
    static func bytes(_ kind: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(kind.utf8) + data
        return bigEndian(UInt32(data.count)) + body + bigEndian(checksum(body))
    }

    /// Gives every chunk its right checksum again, so that a changed file gets past the check.
    static func repairChecksums(_ bytes: inout [UInt8]) {
        for chunk in chunks(of: bytes) {
            let body = chunk.lowerBound + 4..<chunk.upperBound - 4
            bytes.replaceSubrange(body.upperBound..<chunk.upperBound, with: bigEndian(checksum(bytes[body])))
        }
    }

    /// Where the last IDAT ends, checksum included.
    static func endOfImageData(_ bytes: [UInt8]) -> Int {
        chunks(of: bytes).last { bytes[$0].dropFirst(4).starts(with: "IDAT".utf8) }?.upperBound ?? bytes.count
    }

    static func chunks(of bytes: [UInt8]) -> [Range<Int>] {
        var found = [Range<Int>]()
        var start = 8
        while start + 12 <= bytes.count {
            let length = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
            guard start + 12 + length <= bytes.count else { break }
            found.append(start..<start + 12 + length)
            start += 12 + length
        }
        return found
    }

    private static func bigEndian(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
    }

    private static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
    }
}
