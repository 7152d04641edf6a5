import Foundation

/// What explorer and map maker say to each other: JSON, and bytes behind it.
///
/// On the wire each is `u64` bytes of JSON, `u64` bytes behind it, little-endian, then both.
package struct MapMessage: Sendable, Hashable {
    package let head: [UInt8]
    package let payload: [UInt8]

    /// Bytes before the JSON.
    package static let prefix = 16
    /// Bytes of JSON at most.
    private static let mostOfHead = 1 << 20

    package init(head: [UInt8], payload: [UInt8]) { (self.head, self.payload) = (head, payload) }

    package init(_ head: some Encodable, payload: [UInt8]) throws {
        self.init(head: [UInt8](try JSONEncoder().encode(head)), payload: payload)
    }

    package func decoded<Head: Decodable>(_ type: Head.Type) throws -> Head {
        try JSONDecoder().decode(type, from: Data(head))
    }

    package var bytes: [UInt8] {
        [head.count, payload.count].flatMap { count in (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } }
            + head + payload
    }

    /// - Parameters:
    ///   - read: gives as many bytes as it is asked for.
    ///   - limit: bytes behind the JSON at most.
    /// - Throws: what `read` throws; ``Unreadable`` for what is no message.
    package init(limit: Int, read: (Int) throws -> [UInt8]) throws {
        let prefix = try read(Self.prefix)
        func number(_ place: Int) -> UInt64 {
            (0..<8).reduce(0) { $0 | UInt64(prefix[place + $1]) << UInt64(8 * $1) }
        }
        guard number(0) <= UInt64(Self.mostOfHead), number(8) <= UInt64(limit) else { throw Unreadable() }
        head = try read(Int(number(0)))
        payload = try read(Int(number(8)))
    }

    /// These bytes are no message.
    package struct Unreadable: Error { package init() {} }
}
