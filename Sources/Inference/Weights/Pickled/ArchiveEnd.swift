/// What the end of a zip archive says of its table of contents.
struct ArchiveEnd {
    let count: Int
    /// Bytes of the file.
    let directory: Range<Int>

    private static let size = 22
    private static let longestComment = 0xFFFF
    private static let locatorSize = 20

    /// nil if there is none, or none that is possible.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard let start = Self.start(in: bytes),
            let entries = bytes.field(UInt16.self, at: start + 10), let size = bytes.field(UInt32.self, at: start + 12),
            let offset = bytes.field(UInt32.self, at: start + 16)
        else { return nil }
        var (count64, size64, offset64) = (UInt64(entries), UInt64(size), UInt64(offset))
        if entries == .max || size == .max || offset == .max {
            let locator = start - Self.locatorSize
            guard bytes.field(UInt32.self, at: locator) == 0x0706_4B50,
                let place = bytes.field(UInt64.self, at: locator + 8).flatMap({ Int(exactly: $0) }), place < locator,
                bytes.field(UInt32.self, at: place) == 0x0606_4B50,
                let entries = bytes.field(UInt64.self, at: place + 32),
                let size = bytes.field(UInt64.self, at: place + 40),
                let offset = bytes.field(UInt64.self, at: place + 48)
            else { return nil }
            (count64, size64, offset64) = (entries, size, offset)
        }
        guard let count = Int(exactly: count64), let offset = Int(exactly: offset64), let size = Int(exactly: size64),
            offset <= start, size <= start - offset
        else { return nil }
        self.count = count
        directory = offset..<offset + size
    }

    /// Where the record begins whose comment, if any, reaches to the end.
    private static func start(in bytes: UnsafeRawBufferPointer) -> Int? {
        let last = bytes.count - size
        guard last >= 0 else { return nil }
        return (max(0, last - longestComment)...last).reversed().first { start in
            bytes[start] == 0x50 && bytes.field(UInt32.self, at: start) == 0x0605_4B50
                && bytes.field(UInt16.self, at: start + 20).map { Int($0) } == last - start
        }
    }
}
