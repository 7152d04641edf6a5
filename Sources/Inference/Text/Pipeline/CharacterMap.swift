import Foundation

/// SentencePiece's table of what stands for a character, "precompiled" to a double-array tree over UTF-8 and the replacements that
/// its leaves point at.
///
/// As the `tokenizers` library looks things up: of a cluster of characters that is short enough, and else of each of its
/// characters, the shortest beginning that the tree knows decides, and its replacement stands for the whole.
struct CharacterMap: Sendable, Hashable {
    private let units: [UInt32]
    /// UTF-8, each replacement ended by a zero.
    private let replacements: [UInt8]

    /// Bytes from which on a cluster is looked up character by character.
    private static let longest = 6

    /// - Parameter encoded: base64 of: bytes of the tree as a little-endian number of 32 bits, the tree, the replacements.
    /// - Returns: nil for anything else.
    init?(base64 encoded: String) {
        guard let data = Data(base64Encoded: encoded), data.count >= 4 else { return nil }
        let bytes = [UInt8](data)
        func number(_ at: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(bytes[at + $1]) << (8 * UInt32($1)) }
        }
        let size = Int(number(0))
        guard size > 0, size.isMultiple(of: 4), size <= bytes.count - 4 else { return nil }
        units = (0..<size / 4).map { number(4 + 4 * $0) }
        replacements = Array(bytes[(4 + size)...])
        // Replacements are cut at zeros only, so all text is checked at once.
        guard String(validating: replacements, as: UTF8.self) != nil else { return nil }
    }

    func map(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(text.count)
        for cluster in String(String.UnicodeScalarView(text)) {
            let scalars = cluster.unicodeScalars
            if cluster.utf8.count < Self.longest, let replacement = replacement(of: cluster.utf8) {
                result += replacement
                continue
            }
            for scalar in scalars {
                if let replacement = replacement(of: UTF8.encode(scalar) ?? .init()) {
                    result += replacement
                } else {
                    result.append(scalar)
                }
            }
        }
        return result
    }

    private func replacement(of bytes: some Sequence<UInt8>) -> String.UnicodeScalarView? {
        guard let first = units.first else { return nil }
        var position = Self.offset(first)
        for byte in bytes where byte != 0 {
            position ^= Int(byte)
            guard units.indices.contains(position) else { return nil }
            let unit = units[position]
            guard unit & 0x8000_00FF == UInt32(byte) else { return nil }
            position ^= Self.offset(unit)
            guard units.indices.contains(position) else { return nil }
            guard unit >> 8 & 1 == 1 else { continue }
            let start = Int(units[position] & 0x7FFF_FFFF)
            guard start < replacements.count else { return nil }
            return String(decoding: replacements[start...].prefix { $0 != 0 }, as: UTF8.self).unicodeScalars
        }
        return nil
    }

    private static func offset(_ unit: UInt32) -> Int { Int((unit >> 10) << ((unit & 0x200) >> 6)) }
}
