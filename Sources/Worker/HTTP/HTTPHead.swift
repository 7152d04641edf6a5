/// What precedes the body of an answer.
package struct HTTPHead: Sendable, Hashable {
    package var status = 0
    /// By name in lower case; of several, the first.
    package var headers: [String: String] = [:]

    package subscript(_ name: String) -> String? { headers[name] }

    /// Bytes of the body as it is sent, if it says; one with a `Content-Encoding` has others when that is undone.
    package var contentLength: Int? { headers["content-length"].flatMap { Int($0) } }

    package var isCoded: Bool { headers["content-encoding"].map { $0.lowercased() != "identity" } ?? false }

    package var isRedirect: Bool { [301, 302, 303, 307, 308].contains(status) && headers["location"] != nil }

    /// Takes a line as it comes. A status line begins anew: what came before was an interim answer.
    mutating func take(_ line: UnsafeRawBufferPointer) {
        let text = String(decoding: line, as: UTF8.self)
        if text.hasPrefix("HTTP/") {
            self = HTTPHead()
            status = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        } else if let colon = text.firstIndex(of: ":") {
            let name = text[..<colon].lowercased()
            let value = text[text.index(after: colon)...].drop(while: \.isWhitespace)
            guard headers[name] == nil else { return }
            headers[name] = value.lastIndex { !$0.isWhitespace }.map { String(value[...$0]) } ?? ""
        }
    }

    package init(status: Int = 0, headers: [String: String] = [:]) {
        self.status = status
        self.headers = headers
    }
}
