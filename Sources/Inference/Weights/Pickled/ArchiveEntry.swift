/// One entry of a zip archive.
struct ArchiveEntry {
    let name: String
    /// Why its bytes are not what they stand for; nil for one that is stored as it is.
    let disguise: String?
    /// Where its own header begins in the file.
    let header: Int
    /// Where its bytes lie in the file.
    let data: Range<Int>

    private static let size = 46
    private static let localSize = 30

    /// Reads the record at `position` of the table of contents and moves on behind it; nil if it is none.
    ///
    /// - Throws: ``CheckpointFault`` naming the entry.
    init?(
        _ bytes: UnsafeRawBufferPointer, at position: inout Int, before directory: Range<Int>
    ) throws(CheckpointFault) {
        let start = position
        guard start <= directory.upperBound - Self.size, bytes.field(UInt32.self, at: start) == 0x0201_4B50,
            let flags = bytes.field(UInt16.self, at: start + 8), let method = bytes.field(UInt16.self, at: start + 10),
            let stored = bytes.field(UInt32.self, at: start + 20), let whole = bytes.field(UInt32.self, at: start + 24),
            let nameLength = bytes.field(UInt16.self, at: start + 28),
            let extraLength = bytes.field(UInt16.self, at: start + 30),
            let commentLength = bytes.field(UInt16.self, at: start + 32),
            let offset = bytes.field(UInt32.self, at: start + 42)
        else { return nil }
        let extra = start + Self.size + Int(nameLength)
        position = extra + Int(extraLength) + Int(commentLength)
        guard position <= directory.upperBound,
            let name = String(validating: bytes[start + Self.size..<extra], as: UTF8.self)
        else { return nil }
        disguise = method != 0 ? "compressed" : flags & 1 != 0 ? "encrypted" : nil
        var wide = Wide(bytes, extra..<extra + Int(extraLength))
        let sizes = (whole: wide.value(of: whole), stored: wide.value(of: stored))
        guard let size = sizes.stored, size == sizes.whole || disguise != nil, let header = wide.value(of: offset),
            bytes.field(UInt32.self, at: header) == 0x0403_4B50,
            let localName = bytes.field(UInt16.self, at: header + 26),
            let localExtra = bytes.field(UInt16.self, at: header + 28)
        else { throw CheckpointFault(damaged: "its entry \(name.quoted) is not where the table of contents says") }
        // Behind what its own header has, which pads the bytes to a multiple of 64.
        let first = header + Self.localSize + Int(localName) + Int(localExtra)
        guard first <= directory.lowerBound, size <= directory.lowerBound - first else {
            throw CheckpointFault(damaged: "its entry \(name.quoted) ends beyond the data; the file may be cut short")
        }
        self.name = name
        self.header = header
        data = first..<first + size
    }

    /// The 64-bit numbers beside an entry, which follow each other in the order of the narrow ones that are full.
    private struct Wide {
        private let bytes: UnsafeRawBufferPointer
        private var next: Int?

        init(_ bytes: UnsafeRawBufferPointer, _ extra: Range<Int>) {
            self.bytes = bytes
            var position = extra.lowerBound
            while let kind = bytes.field(UInt16.self, at: position),
                let length = bytes.field(UInt16.self, at: position + 2),
                position + 4 + Int(length) <= extra.upperBound
            {
                if kind == 1 {
                    next = position + 4
                    return
                }
                position += 4 + Int(length)
            }
        }

        /// nil for a number that no file can have.
        mutating func value(of narrow: UInt32) -> Int? {
            guard narrow == .max else { return Int(narrow) }
            guard let place = next, let value = bytes.field(UInt64.self, at: place) else { return nil }
            next = place + 8
            // Sums of a few such must not overflow.
            return value < 1 << 60 ? Int(value) : nil
        }
    }
}
