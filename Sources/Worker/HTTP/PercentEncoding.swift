import Concepts

/// Text as one segment of a URL's path, or several with their slashes: every byte but unreserved characters (RFC 3986) as
/// `%XX`.
func percentEncoded(_ text: some StringProtocol, keepingSlashes: Bool = false) -> String {
    var result: [UInt8] = []
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            result.append(byte)
        case UInt8(ascii: "/") where keepingSlashes: result.append(byte)
        default: result += [UInt8(ascii: "%")] + Array([byte].hexadecimal.uppercased().utf8)
        }
    }
    return String(decoding: result, as: UTF8.self)
}
