import Jobs

/// `file:///…` of a path and back. A path is bytes, so nothing is lost of one that is not UTF-8.
package enum FileURI {
    /// The decoded path of `file:///…` or `file://localhost/…`.
    package static func path(of uri: String) throws(ImageFailure) -> PathBytes {
        guard !uri.utf8.contains(where: { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }) else {
            throw ImageFailure(
                .unsupportedURI,
                "\(redactedURI(uri)) goes on with a query or fragment, which a file has none of; in a file's name ? is "
                    + "written %3F and # is %23.")
        }
        let rest = uri.utf8.dropFirst("file:".utf8.count)
        let path =
            if rest.starts(with: "//localhost/".utf8) {
                rest.dropFirst("//localhost".utf8.count)
            } else if rest.starts(with: "///".utf8) {
                rest.dropFirst(2)
            } else if rest.starts(with: "/".utf8), !rest.starts(with: "//".utf8) {
                rest
            } else {
                throw ImageFailure(
                    .unsupportedURI, "\(redactedURI(uri)) names a host or no absolute path; use file:///path.")
            }
        guard let decoded = decoded(path) else {
            throw ImageFailure(.unsupportedURI, "\(redactedURI(uri)) has a broken percent escape.")
        }
        return PathBytes(decoded)
    }

    /// The same file's URI with every link resolved, by which two are told to be one; `uri` itself if there is no such file.
    package static func resolved(_ uri: String) -> String {
        guard uri.utf8.starts(with: "file:".utf8), let path = try? path(of: uri),
            let resolved = FileRoots.resolved(path)
        else { return uri }
        return self.uri(of: resolved)
    }

    /// - Parameter path: absolute.
    package static func uri(of path: PathBytes) -> String { uri(of: path.bytes) }

    package static func uri(of path: some Sequence<UInt8>) -> String {
        var uri = Array("file://".utf8)
        for byte in path {
            if isPlain[Int(byte)] {
                uri.append(byte)
            } else {
                uri += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: uri, as: UTF8.self)
    }

    private static let digits = Array("0123456789ABCDEF".utf8)

    /// What stands for itself in a URI's path (RFC 3986), but the semicolon.
    private static let isPlain: [Bool] = {
        var plain = [Bool](repeating: false, count: 256)
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
        for byte in (letters + "0123456789-._~!$&'()*+,=:@/").utf8 { plain[Int(byte)] = true }
        return plain
    }()

    private static func decoded(_ text: some Collection<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var rest = text.makeIterator()
        while let byte = rest.next() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.next().flatMap(value), let low = rest.next().flatMap(value) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
