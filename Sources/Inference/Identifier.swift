/// What something is called by in jobs, files and tables: an image, a class, a label, a descriptor, a group, a submission.
///
/// Two are one if their UTF-8 is the same byte for byte, as it is to PostgreSQL, to Kafka and to a file system. To `String`
/// canonically equivalent spellings are equal (`é` as one scalar or as two), which would make one of two pictures.
public struct Identifier: Sendable {
    public let text: String

    public init(_ text: String) { self.text = text }

    public var isEmpty: Bool { text.isEmpty }
}

extension Identifier: Hashable {
    public static func == (one: Self, other: Self) -> Bool { one.text.utf8.elementsEqual(other.text.utf8) }

    public func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        // No UTF-8 has this byte, so what is hashed behind it can't be taken for a part of it.
        hasher.combine(0xFF as UInt8)
    }
}

extension Identifier: Comparable {
    /// The order of `COLLATE "C"`, the same in every locale.
    public static func < (one: Self, other: Self) -> Bool { one.text.utf8.lexicographicallyPrecedes(other.text.utf8) }
}

/// A string in JSON.
extension Identifier: Codable {
    public init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

extension Identifier: CustomStringConvertible, ExpressibleByStringInterpolation {
    public init(stringLiteral text: String) { self.text = text }

    public var description: String { text }
}
