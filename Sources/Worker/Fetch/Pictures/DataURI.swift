import Foundation
import Jobs

/// `data:[type][;base64],…` (RFC 2397).
enum DataURI {
    static func decode(_ uri: String, limit: Int) throws(ImageFailure) -> [UInt8] {
        // By bytes: a combining mark may follow a comma.
        let body = uri.utf8.dropFirst("data:".utf8.count)
        guard let comma = body.firstIndex(of: UInt8(ascii: ",")) else {
            throw ImageFailure(.unsupportedURI, "The data: URI has no comma before its data.")
        }
        let payload = body[body.index(after: comma)...]
        // The fewest bytes that so many characters can hold: base64 with each character percent-encoded.
        guard payload.count / 4 <= limit else {
            throw ImageFailure(.tooLarge, "The data: URI holds more than \(limit) bytes.")
        }
        guard var bytes = percentDecoded(payload) else {
            throw ImageFailure(.unsupportedURI, "The data: URI has a broken percent escape.")
        }
        if Substring(body[..<comma]).lowercased().utf8.suffix(7).elementsEqual(";base64".utf8) {
            // Line breaks are common in base64; anything else that is foreign to it is damage.
            bytes.removeAll { [0x20, 0x09, 0x0A, 0x0C, 0x0D].contains($0) }
            guard let data = Data(base64Encoded: Data(bytes)) else {
                throw ImageFailure(.unsupportedURI, "The data: URI is not base64.")
            }
            bytes = [UInt8](data)
        }
        guard bytes.count <= limit else {
            throw ImageFailure(.tooLarge, "The data: URI holds \(bytes.count) bytes; the limit is \(limit).")
        }
        return bytes
    }

    /// Bytes, not text: a picture's percent-encoded bytes are rarely UTF-8. Nil if an escape is broken.
    private static func percentDecoded(_ payload: Substring.UTF8View) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(payload.count)
        var rest = payload
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexadecimalDigit),
                let low = rest.popFirst().flatMap(hexadecimalDigit)
            else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
