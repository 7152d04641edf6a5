import Foundation

/// What stands behind the ? of an address; of several values of one name the first.
struct PageQuery: Sendable, Hashable {
    private let values: [String: String]

    /// - Parameter text: as it is in the address.
    init(_ text: String) {
        var values: [String: String] = [:]
        for pair in text.utf8.prefix(8192).split(separator: UInt8(ascii: "&")) {
            let halves = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = halves.first.flatMap(Self.decoded), values[name] == nil else { continue }
            values[name] = halves.count > 1 ? Self.decoded(halves[1]) ?? "" : ""
        }
        self.values = values
    }

    /// nil where it is missing or empty.
    subscript(_ name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// As it stands behind the ?, with some values put in the place of others; nil takes one away. In the order of names.
    func with(_ changes: [String: String?]) -> String {
        var values = values
        for (name, value) in changes { values[name] = value }
        let pairs = values.filter { !$0.value.isEmpty }.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        return pairs.map { Self.encoded($0.key) + "=" + Self.encoded($0.value) }.joined(separator: "&")
    }

    static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }

    private static let unreserved = CharacterSet(
        charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")

    private static func decoded(_ bytes: Substring.UTF8View.SubSequence) -> String? {
        let spaced = bytes.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 }
        return String(decoding: spaced, as: UTF8.self).removingPercentEncoding
    }
}
