/// All addresses of one family whose first bits are these, such as `10.0.0.0/8`.
struct AddressRange: Hashable, Sendable {
    let address: IPAddress
    /// 0…32 or 0…128.
    let prefix: Int

    /// From `address/bits`, or an address alone, which is a range of one.
    init?(parsing text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = IPAddress(parsing: String(first)) else { return nil }
        self.address = address
        let width = 8 * address.bytes.count
        guard parts.count == 2 else {
            prefix = width
            return
        }
        guard let bits = UInt8(parts[1]), Int(bits) <= width else { return nil }
        prefix = Int(bits)
    }

    var isOneAddress: Bool { prefix == 8 * address.bytes.count }

    func contains(_ other: IPAddress) -> Bool {
        guard other.bytes.count == address.bytes.count else { return false }
        let (whole, rest) = (prefix / 8, prefix % 8)
        guard other.bytes.prefix(whole) == address.bytes.prefix(whole) else { return false }
        return rest == 0 || (other.bytes[whole] ^ address.bytes[whole]) >> (8 - rest) == 0
    }
}
