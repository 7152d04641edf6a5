/// Reads a one-dimensional array in binary: dimensions, has-null, element type, length, lower bound, elements.
enum WireArray {
    /// nil when the bytes are no such array.
    static func elements<V: WireValue>(_ wire: UnsafeBufferPointer<UInt8>) -> [V?]? {
        func number(at place: Int) -> Int? {
            guard place + 4 <= wire.count else { return nil }
            return Int32(wire: UnsafeBufferPointer(rebasing: wire[place..<place + 4])).map(Int.init)
        }
        guard let dimensions = number(at: 0), number(at: 8) == Int(V.type.rawValue) else { return nil }
        if dimensions == 0 { return [] }
        guard dimensions == 1, let count = number(at: 12), count >= 0, count <= wire.count / 4 else { return nil }
        var values: [V?] = []
        values.reserveCapacity(count)
        var place = 20
        for _ in 0..<count {
            guard let length = number(at: place) else { return nil }
            place += 4
            if length < 0 {
                values.append(nil)
                continue
            }
            guard place + length <= wire.count,
                let value = V(wire: UnsafeBufferPointer(rebasing: wire[place..<place + length]))
            else { return nil }
            values.append(value)
            place += length
        }
        return values
    }
}
