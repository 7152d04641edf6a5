import Foundation
import Testbed

/// Picture files that can never be analysed, each for a reason of its own.
enum BadPictures {
    /// The first two thirds of a picture.
    static func truncated(_ id: String) throws -> [UInt8] {
        let bytes = try DrawnWorld.bytes(id)
        return Array(bytes.prefix(bytes.count * 2 / 3))
    }

    /// A valid PNG header of this size with hardly anything behind it: 9·10⁸ pixels for a few dozen bytes.
    static func hugePNG(side: UInt32 = 30_000) -> [UInt8] {
        let size = bigEndian(side)
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", size + size + [8, 2, 0, 0, 0])
            + chunk("IDAT", [0x78, 0x9C, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01]) + chunk("IEND", [])
    }

    static let html = Array("<!DOCTYPE html>\n<title>404</title><p>No such picture.\n".utf8)

    private static func chunk(_ kind: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(kind.utf8) + data
        return bigEndian(UInt32(data.count)) + body + bigEndian(checksum(body))
    }

    private static func bigEndian(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
        }
    }
}
