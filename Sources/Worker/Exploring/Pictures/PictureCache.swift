/// Pictures as they were sent, the latest used, of bounded size in all.
struct PictureCache: Sendable {
    private struct Entry {
        let bytes: [UInt8]
        var use: UInt64
    }

    /// Bytes at most.
    let limit: Int
    private var entries: [String: Entry] = [:]
    private var size = 0
    private var clock: UInt64 = 0

    init(limit: Int) { self.limit = limit }

    mutating func find(_ key: String) -> [UInt8]? {
        clock += 1
        entries[key]?.use = clock
        return entries[key]?.bytes
    }

    mutating func keep(_ bytes: [UInt8], as key: String) {
        guard bytes.count <= limit / 4 else { return }
        clock += 1
        if let former = entries.updateValue(Entry(bytes: bytes, use: clock), forKey: key) { size -= former.bytes.count }
        size += bytes.count
        while size > limit, let oldest = entries.min(by: { $0.value.use < $1.value.use }) {
            entries[oldest.key] = nil
            size -= oldest.value.bytes.count
        }
    }
}
