import HTTP
import Jobs

/// An object of an object store, by its `s3://bucket/key`.
struct S3Location: Sendable, Hashable {
    let bucket: String
    /// As it is: nothing in such a URI is encoded, so that a `%`, `+`, `?` or `#` means itself.
    let key: String

    init(parsing uri: String) throws(ImageFailure) {
        // By bytes: a combining mark may follow a slash.
        let rest = uri.utf8.dropFirst("s3://".utf8.count)
        let bucket = String(rest.prefix { $0 != UInt8(ascii: "/") }) ?? ""
        guard uri.utf8.prefix(5).elementsEqual("s3://".utf8) || uri.utf8.prefix(5).elementsEqual("S3://".utf8),
            Self.isBucket(bucket)
        else {
            throw ImageFailure(
                .unsupportedURI,
                "\(redactedURI(uri)) names no bucket; use s3://bucket/key, with letters, digits, dots and dashes in the "
                    + "bucket's name.")
        }
        guard let key = String(rest.dropFirst(bucket.utf8.count + 1)), !key.isEmpty else {
            throw ImageFailure(.unsupportedURI, "\(redactedURI(uri)) names no object; use s3://bucket/key.")
        }
        self.bucket = bucket
        self.key = key
    }

    /// It becomes part of a URL's host or path, where anything else could lead elsewhere.
    private static func isBucket(_ name: String) -> Bool {
        func isLetter(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: false
            }
        }
        guard 3...255 ~= name.utf8.count, let first = name.utf8.first, let last = name.utf8.last else { return false }
        return isLetter(first) && isLetter(last)
            && name.utf8.allSatisfy {
                isLetter($0) || [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_")].contains($0)
            }
    }

    /// The key as a URL's path has it, and as its signature has it: everything but unreserved characters and slashes
    /// percent-encoded, once.
    var path: String { percentEncoded(key, keepingSlashes: true) }
}
