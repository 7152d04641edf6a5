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
        case "file": return try files.read(FileURI.path(of: uri))
        case "data": return try DataURI.decode(uri, limit: files.limit)
        case "http", "https":
            if let remote { return try remote.http.read(uri) }
        case "s3":
            if let remote { return try remote.s3.read(uri) }
        default: break
        }
        throw Self.unsupported(uri)
    }

    /// What can be said of a URI without asking anybody: whether it could ever be fetched.
    ///
    /// - Throws: the ``ImageFailure`` that a worker would record.
    package static func check(_ uri: String) throws(ImageFailure) {
        switch uri.utf8.firstIndex(of: UInt8(ascii: ":")).map({ uri[..<$0].lowercased() }) {
        case "file"?: _ = try FileURI.path(of: uri)
        case "data"?: _ = try DataURI.decode(uri, limit: .max)
        case "http"?, "https"?: try HTTPImages.check(uri)
        case "s3"?: _ = try S3Location(parsing: uri)
        case nil: throw ImageFailure(.unsupportedURI, "\(redactedURI(uri)) has no scheme; use \(schemes).")
        default: throw unsupported(uri)
        }
    }

    private static func unsupported(_ uri: String) -> ImageFailure {
        if uri.firstMatch(of: /^[A-Za-z]:[\\\/]/) != nil {
            return ImageFailure(
                .unsupportedURI, "\(redactedURI(uri)) is a path of Windows; use \(schemes), as the workers see it.")
        }
        return ImageFailure(
            .unsupportedURI, "\(redactedURI(uri)): \(shownScheme(of: uri)) is not supported; use \(schemes).")
    }

    private static func shownScheme(of uri: String) -> String {
        let scheme = VisibleURI(uri).scheme
        return scheme.isEmpty || scheme.utf8.count > 20 ? "its scheme" : scheme + ":"
    }

    private static let schemes = "file:///path, http://, https://, s3://bucket/key or data:"

    /// The `file://` URI of an absolute path.
    package static func fileURI(ofPath path: String) -> String { FileURI.uri(of: path.utf8) }
}
