import HTTP

/// A URI for messages and logs: without credentials, query and fragment, and without the payload of `data:`.
package func redactedURI(_ uri: String) -> String {
    let scheme = uri.prefix { $0 != ":" }
    switch scheme.lowercased() {
    case "data" where scheme.endIndex < uri.endIndex:
        return uri.prefix { $0 != "," && $0 != "?" && $0 != "#" } + ",…"
    case "http", "https":
        if let url = try? HTTPURL(parsing: uri, asIs: true) { return url.shown }
    default: break
    }
    return withoutCredentials(uri, scheme)
}

/// Through the last `@` of what may be credentials: whose slashes or question marks are not encoded, nobody can tell where
/// they end.
private func withoutCredentials(_ uri: String, _ scheme: Substring) -> String {
    func plain(_ text: Substring) -> Substring { text.prefix { $0 != "?" && $0 != "#" } }
    guard scheme.endIndex < uri.endIndex else { return String(plain(uri[...])) }
    let rest = uri[scheme.endIndex...].dropFirst()
    let web = ["http", "https"].contains(scheme.lowercased())
    guard web || rest.hasPrefix("//") else { return String(plain(uri[...])) }
    let authority = web ? rest : rest.dropFirst(2).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard let at = authority.lastIndex(of: "@") else { return String(plain(uri[...])) }
    return scheme + "://" + plain(uri[uri.index(after: at)...])
}
