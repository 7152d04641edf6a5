/// The one-character names that CLIP's vocabulary files give to the 256 byte values.
///
/// Printable bytes of Latin-1 stand for themselves; the others (controls, spaces, soft hyphen) take the characters from
/// U+0100 on, in ascending order, so that every token is visible text without white space.
enum ByteSymbols {
    /// The symbol of each byte value.
    static let all: [Unicode.Scalar] = {
        let printable: [ClosedRange<UInt8>] = [0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF]
        var substitute: UInt16 = 0x100
        return (UInt8.min...UInt8.max).map { byte in
            if printable.contains(where: { $0.contains(byte) }) { return Unicode.Scalar(byte) }
            defer { substitute += 1 }
            // 68 substitutes from U+0100 stay far below the surrogates; U+FFFD can't be reached.
            return Unicode.Scalar(substitute) ?? "\u{FFFD}"
        }
    }()
}
