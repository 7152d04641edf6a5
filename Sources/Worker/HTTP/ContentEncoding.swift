/// The codings that a `Content-Encoding` may name (by the registry of RFC 9110).
enum ContentEncoding {
    private static let codings: Set<String> = [
        "gzip", "x-gzip", "deflate", "br", "zstd", "compress", "x-compress", "dcb", "dcz", "exi", "pack200-gzip",
    ]

    /// Whether a header's value names a coding. Some name none: a character set, `none`, what a client chunked its upload by.
    static func isOne(_ value: String) -> Bool {
        value.lowercased().split(whereSeparator: { $0 == "," || $0.isWhitespace })
            .contains { codings.contains(String($0)) }
    }
}
