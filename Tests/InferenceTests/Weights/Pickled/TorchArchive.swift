/// A zip archive as `torch.save` writes it, or as nobody should.
struct TorchArchive {
    struct Entry {
        var name: String
        var bytes: [UInt8]
        var method: UInt16 = 0
        var flags: UInt16 = 0
        /// What the table of contents says instead of the truth.
        var claimedSize: UInt32?
        var claimedOffset: UInt32?
        /// Whether the table of contents has the numbers in the 64-bit form.
        var isWide = false
    }

    var entries: [Entry] = []
    /// Whether the end of the archive has its numbers in the 64-bit form.
    var isWide = false
    /// What the end says instead of the truth.
    var claimedCount: UInt16?
    var comment: [UInt8] = []

    /// A state dict's archive: the pickle and the storages "0", "1", ….
    init(pickle: [UInt8], storages: [[UInt8]] = []) {
        entries = [
            .init(name: "top/data.pkl", bytes: pickle), .init(name: "top/byteorder", bytes: Array("little".utf8)),
        ]
        entries += storages.enumerated().map { .init(name: "top/data/\($0)", bytes: $1) }
    }

    var bytes: [UInt8] {
        var result: [UInt8] = []
        var table: [UInt8] = []
        for entry in entries {
            let (offset, name) = (result.count, Array(entry.name.utf8))
            let size = UInt32(entry.bytes.count)
            // Padding of its own, which the table of contents does not have.
            let padding: [UInt8] = little(UInt16(0x4246)) + little(UInt16(5)) + [0, 0, 0, 0, 0]
            result += little(UInt32(0x0403_4B50)) + little(UInt16(20)) + little(entry.flags) + little(entry.method)
            result += little(UInt64(0)) + little(size) + little(size)
            result += little(UInt16(name.count)) + little(UInt16(padding.count)) + name + padding + entry.bytes
            let claimed = entry.claimedSize ?? size
            let place = entry.claimedOffset ?? UInt32(offset)
            var extra: [UInt8] = []
            if entry.isWide {
                extra = little(UInt16(7)) + little(UInt16(1)) + [0]
                extra += little(UInt16(1)) + little(UInt16(24))
                extra += little(UInt64(claimed)) + little(UInt64(claimed)) + little(UInt64(place))
            }
            table += little(UInt32(0x0201_4B50)) + little(UInt16(45)) + little(UInt16(20)) + little(entry.flags)
            table += little(entry.method) + little(UInt64(0))
            table += entry.isWide ? [UInt8](repeating: 0xFF, count: 8) : little(claimed) + little(claimed)
            table += little(UInt16(name.count)) + little(UInt16(extra.count)) + [UInt8](repeating: 0, count: 10)
            table += (entry.isWide ? [0xFF, 0xFF, 0xFF, 0xFF] : little(place)) + name + extra
        }
        let (start, count) = (result.count, claimedCount ?? UInt16(entries.count))
        result += table
        if isWide {
            let end = result.count
            result += little(UInt32(0x0606_4B50)) + little(UInt64(44)) + [UInt8](repeating: 0, count: 20)
            result += little(UInt64(count)) + little(UInt64(table.count)) + little(UInt64(start))
            result += little(UInt32(0x0706_4B50)) + little(UInt32(0)) + little(UInt64(end)) + little(UInt32(1))
        }
        result += little(UInt32(0x0605_4B50)) + little(UInt32(0))
        result += isWide ? [UInt8](repeating: 0xFF, count: 4) : little(count) + little(count)
        result +=
            isWide
            ? [UInt8](repeating: 0xFF, count: 8) : little(UInt32(table.count)) + little(UInt32(start))
        return result + little(UInt16(comment.count)) + comment
    }

    private func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}
