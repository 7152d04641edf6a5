/// A URI for messages and logs: without credentials, query and fragment, and without the payload of `data:`.
func redactedURI(_ uri: String) -> String {
    var bytes = uri.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }[...]
    let scheme = bytes.prefix { $0 != UInt8(ascii: ":") }
    guard scheme.count < bytes.count else { return String(bytes) ?? "" }
    if String(scheme)?.lowercased() == "data" {
        let type = bytes.prefix { $0 != UInt8(ascii: ",") }
        return (String(type) ?? "data:") + ",…"
    }
    bytes = bytes[scheme.endIndex...].dropFirst()
    guard bytes.starts(with: "//".utf8) else { return String(uri.utf8[..<bytes.endIndex]) ?? "" }
    let authority = bytes.dropFirst(2).prefix { $0 != UInt8(ascii: "/") }
    guard let at = authority.lastIndex(of: UInt8(ascii: "@")) else { return String(uri.utf8[..<bytes.endIndex]) ?? "" }
    let rest = uri.utf8[uri.utf8.index(after: at)..<bytes.endIndex]
    return (String(scheme) ?? "") + "://" + (String(rest) ?? "")
}
