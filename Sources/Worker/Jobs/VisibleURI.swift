import Settings

/// An image's URI taken apart, by bytes, into what anybody may see and what may be secret.
///
/// Nothing here depends on characters: a combining mark behind a separator makes another character of it, and the separator
/// stays one to whoever connects.
package struct VisibleURI {
    /// In lower case; empty where there is none.
    package let scheme: String
    /// The URI without credentials, query and fragment, otherwise as it was written; of `data:`, without its payload. Where it
    /// can't be told what is a secret, an ellipsis stands for all that may be.
    package let text: String
    /// Whether a part may be a secret or may not, so that more is left out than had to be.
    package let isAmbiguous: Bool
    /// Host and port in lower case, without credentials; where it is ambiguous, what may be them or a secret, not to be shown.
    package let host: String
    /// Whether credentials stand where they belong, or none do, so that a parser of URLs leaves the right part out.
    let isPlain: Bool

    package init(_ uri: String) {
        // Of data: nothing is looked at but its beginning, which is all that is shown.
        let isData = uri.utf8.prefix(5).elementsEqual("data:".utf8) { $0 | 0x20 == $1 || $0 == $1 }
        let bytes = isData ? Array(uri.utf8.prefix(100)) : Array(uri.utf8)
        let name = bytes.prefix { $0 != UInt8(ascii: ":") }
        let scheme = name.count < bytes.count ? Self.text(name).lowercased() : ""
        if isData {
            self.init(scheme, Self.beginning(ofData: bytes))
        } else if Self.isScheme(scheme) {
            self = Self.read(scheme, prefix: bytes[...name.endIndex], rest: bytes[name.endIndex...].dropFirst())
        } else {
            self = Self.read("", prefix: [], rest: bytes[...])
        }
    }

    private init(
        _ scheme: String, _ text: String, isAmbiguous: Bool = false, host: String = "", isPlain: Bool = true
    ) {
        (self.scheme, self.text, self.isAmbiguous) = (scheme, text, isAmbiguous)
        (self.host, self.isPlain) = (host, isPlain)
    }

    /// - Parameters:
    ///   - prefix: the scheme as it is written, and its colon.
    ///   - rest: everything behind it.
    private static func read(
        _ scheme: String, prefix: ArraySlice<UInt8>, rest: ArraySlice<UInt8>
    ) -> VisibleURI {
        let isWeb = scheme == "http" || scheme == "https"
        let slashes = rest.prefix { $0 == UInt8(ascii: "/") }.count
        let whole = text(prefix + visible(rest))
        let at = rest.lastIndex(of: UInt8(ascii: "@"))
        guard isWeb || slashes >= 2 else {
            let isPath = scheme == "file" || slashes > 0
            guard !isPath, let at else { return VisibleURI(scheme, whole) }
            return VisibleURI(scheme, text(prefix) + ending(rest, at), isAmbiguous: true)
        }
        // However many slashes: what connects takes the name and the password all the same.
        let authority = rest.dropFirst(isWeb ? slashes : 2).prefix { !endsAuthority($0) }
        let host = text(authority.split(separator: UInt8(ascii: "@")).last ?? []).lowercased()
        guard let at else { return VisibleURI(scheme, whole, host: host) }
        if at < authority.endIndex {
            let behind = text(prefix) + "//" + text(visible(rest[at...].dropFirst()))
            return VisibleURI(scheme, behind, host: host)
        } else if isCertainlyHost(authority, scheme) {
            return VisibleURI(scheme, whole, host: host)
        } else {
            // Part of a path, or a password holds a / and the name comes only now.
            let ending = text(prefix) + "//" + ending(rest, at)
            return VisibleURI(scheme, ending, isAmbiguous: true, host: host, isPlain: false)
        }
    }

    /// What may be shown around an @ that may end a password: what is behind it, unless it stands behind a ? and may be within
    /// a secret.
    private static func ending(_ rest: ArraySlice<UInt8>, _ at: Int) -> String {
        rest[..<at].contains(where: endsPath) ? "…" : "…@" + text(visible(rest[at...].dropFirst()))
    }

    /// Whether an authority with an @ somewhere behind it can be nothing but a host's name: a user's would have a password, a
    /// token no dot. A bucket's name has no dot either, but nobody writes tokens there.
    private static func isCertainlyHost(_ authority: ArraySlice<UInt8>, _ scheme: String) -> Bool {
        guard !authority.contains(where: { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "@") }) else { return false }
        return authority.isEmpty || scheme == "s3" || scheme == "file" || authority.contains(UInt8(ascii: "."))
            || text(authority).lowercased() == "localhost"
    }

    /// `data:` and the type, as far as there is one.
    private static func beginning(ofData bytes: [UInt8]) -> String {
        let type = bytes.prefix { $0 != UInt8(ascii: ",") && !endsPath($0) }
        return type.count < bytes.count && type.count <= 80 ? text(type) + ",…" : text(bytes.prefix(5)) + "…"
    }

    private static func isScheme(_ text: String) -> Bool {
        func isLetter(_ byte: UInt8) -> Bool { UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte }
        return text.utf8.first.map(isLetter) ?? false
            && text.utf8.allSatisfy {
                isLetter($0) || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || "+-.".utf8.contains($0)
            }
    }

    private static func endsPath(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#") }

    private static func endsAuthority(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "/") || endsPath(byte) }

    private static func visible(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> { bytes.prefix { !endsPath($0) } }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}
