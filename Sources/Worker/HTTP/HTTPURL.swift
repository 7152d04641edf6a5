import CCurl

/// An absolute `http:` or `https:` URL, read by the parser of the library that connects, so that no two readings of it can
/// differ.
package struct HTTPURL: Sendable, Hashable {
    /// Normalised, and with its credentials and query: not for messages.
    package let text: String
    package let scheme: String
    /// In lower case, an IPv6 address without brackets.
    package let host: String
    package let port: Int
    /// With a leading slash, as it is sent.
    package let path: String

    package enum Problem: Error, Hashable {
        case scheme(String)
        case malformed
    }

    /// - Parameter asIs: leave `.` and `..` in the path, which are names in an object store.
    package init(parsing text: String, asIs: Bool = false) throws(Problem) {
        try self.init([text], asIs: asIs)
    }

    /// What a `Location` header means that came from here.
    package func resolving(_ location: String) throws(Problem) -> HTTPURL {
        try HTTPURL([text, location], asIs: false)
    }

    /// - Parameter references: a URL, and what is relative to it.
    private init(_ references: [String], asIs: Bool) throws(Problem) {
        guard let handle = curl_url() else { throw .malformed }
        defer { curl_url_cleanup(handle) }
        // Any scheme is read, so that a wrong one is refused by name.
        var flags = UInt32(CURLU_URLENCODE | CURLU_NON_SUPPORT_SCHEME)
        if asIs { flags |= UInt32(CURLU_PATH_AS_IS) }
        for reference in references {
            // A C string would end there.
            guard !reference.utf8.contains(0), curl_url_set(handle, CURLUPART_URL, reference, flags) == CURLUE_OK else {
                throw .malformed
            }
        }
        guard let scheme = Self.part(CURLUPART_SCHEME, of: handle)?.lowercased() else { throw .malformed }
        guard scheme == "http" || scheme == "https" else { throw .scheme(scheme) }
        guard let text = Self.part(CURLUPART_URL, of: handle), let host = Self.part(CURLUPART_HOST, of: handle),
            let port = Self.part(CURLUPART_PORT, of: handle, UInt32(CURLU_DEFAULT_PORT)).flatMap({ Int($0) }),
            let path = Self.part(CURLUPART_PATH, of: handle)
        else { throw .malformed }
        self.text = text
        self.scheme = scheme
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()).lowercased() : host.lowercased()
        self.port = port
        self.path = path
    }

    private static func part(_ part: CURLUPart, of handle: OpaquePointer, _ flags: UInt32 = 0) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(handle, part, &text, flags) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }

    /// For messages: without credentials and query.
    package var shown: String {
        let isUsual = port == (scheme == "https" ? 443 : 80)
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(scheme)://\(name)\(isUsual ? "" : ":\(port)")\(path)"
    }

    /// Whether both are the same host's same port by the same scheme: what a credential is good for.
    package func hasOrigin(of other: HTTPURL) -> Bool { (scheme, host, port) == (other.scheme, other.host, other.port) }
}
