import Settings

/// The aliases of a YAML text, counted before it is read: each may stand for a node that has aliases itself, so a few lines can mean
/// more nodes than there is time to look at.
enum YAMLAliases {
    /// In the worst order they make a node of some hundred.
    static let most = 16
    /// Of a text that has aliases.
    static let longestText = 64 << 10

    /// Why the text is not read; nil if it is.
    ///
    /// Counts what could be an alias, in strings and comments too, if there is an anchor of its name.
    static func refusal(of text: String) -> String? {
        let bytes = Array(text.utf8)
        let anchors = Set(names(behind: UInt8(ascii: "&"), in: bytes))
        guard !anchors.isEmpty else { return nil }
        let aliases = names(behind: UInt8(ascii: "*"), in: bytes).filter(anchors.contains)
        guard let first = aliases.first else { return nil }
        guard aliases.count <= most else {
            return
                "The file has \(aliases.count) aliases, such as \(quoted("*" + String(decoding: first, as: UTF8.self))); at most "
                + "\(most) are read, so write out what they stand for."
        }
        guard bytes.count <= longestText else {
            return
                "The file has aliases and \(bytes.count) bytes; with aliases at most \(longestText) are read, so write out what "
                + "they stand for."
        }
        return nil
    }

    /// A name has letters, digits, `-` and `_`, and nothing else.
    private static func names(behind mark: UInt8, in bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        bytes.indices.filter { bytes[$0] == mark }.map { place in
            bytes[(place + 1)...].prefix { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"): true
                default: false
                }
            }
        }.filter { !$0.isEmpty }
    }
}
