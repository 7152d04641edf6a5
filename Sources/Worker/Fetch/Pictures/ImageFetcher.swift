import Concepts
import Crypto
import Foundation
import Jobs

/// From an image's URI to its bytes.
package struct ImageFetcher: Sendable {
    package let files: LocalFile
    /// nil: only what is on this machine is fetched.
    package var remote: RemoteImages?

    package init(files: LocalFile, remote: RemoteImages? = nil) {
        self.files = files
        self.remote = remote
    }

    /// - Parameter sha256: hex digest that the bytes must have, if one is known.
    /// - Returns: the bytes and their SHA-256, 32 bytes.
    /// - Throws: ``ImageFailure`` or ``TransientFetchFailure``.
    package func fetch(_ uri: String, sha256: String? = nil) throws -> (bytes: [UInt8], hash: [UInt8]) {
        let bytes = try read(uri)
        let hash = [UInt8](SHA256.hash(data: bytes))
        if let sha256, sha256.lowercased() != hash.hexadecimal {
            throw ImageFailure(
                .contentMismatch,
                "\(redactedURI(uri)) has SHA-256 \(hash.hexadecimal), not the \(sha256) that the job names; "
                    + "submit the changed picture anew.")
        }
        return (bytes, hash)
    }

    private func read(_ uri: String) throws -> [UInt8] {
        // By bytes, as everything that decides where to go: a combining mark may follow a colon or a slash.
        guard let colon = uri.utf8.firstIndex(of: UInt8(ascii: ":")) else {
            throw ImageFailure(.unsupportedURI, "\(redactedURI(uri)) has no scheme; use \(Self.schemes).")
        }
        switch uri[..<colon].lowercased() {
        case "file": return try files.read(Self.path(ofFileURI: uri))
        case "data": return try DataURI.decode(uri, limit: files.limit)
        case "http", "https":
            if let remote { return try remote.http.read(uri) }
        case "s3":
            if let remote { return try remote.s3.read(uri) }
        default: break
        }
        throw ImageFailure(
            .unsupportedURI,
            "\(redactedURI(uri)): \(Self.shownScheme(of: uri)) is not supported; use \(Self.schemes).")
    }

    private static func shownScheme(of uri: String) -> String {
        let scheme = VisibleURI(uri).scheme
        return scheme.isEmpty || scheme.utf8.count > 20 ? "its scheme" : scheme + ":"
    }

    private static let schemes = "file:///path, http://, https://, s3://bucket/key or data:"

    /// The decoded path of `file:///…` or `file://localhost/…`.
    static func path(ofFileURI uri: String) throws(ImageFailure) -> String {
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
        guard let decoded = String(Substring(path)).removingPercentEncoding else {
            throw ImageFailure(.unsupportedURI, "\(redactedURI(uri)) has a broken percent escape.")
        }
        return decoded
    }

    /// The `file://` URI of an absolute path.
    package static func fileURI(ofPath path: String) -> String {
        var allowed = CharacterSet.urlPathAllowed
        allowed.remove(charactersIn: ";")
        return "file://" + (path.addingPercentEncoding(withAllowedCharacters: allowed) ?? path)
    }
}
