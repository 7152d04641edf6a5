import Foundation

/// What stands in the place of a file that was meant, told by its first bytes: a pointer to it, what a login or an error was
/// answered with, a container that it is in.
public struct StandIn {
    /// As a person would call it, article included.
    public let name: String
    public let mend: String

    /// nil for what is none of these.
    public init?(_ bytes: UnsafeRawBufferPointer) {
        func has(_ prefix: StaticString) -> Bool { prefix.withUTF8Buffer { bytes.starts(with: $0) } }
        if has("version https://git-lfs") {
            (name, mend) = ("a Git LFS pointer in the place of the file", "run git lfs pull where it comes from")
        } else if bytes.starts(with: [0, 5, 0x16, 7]) {
            (name, mend) = ("what macOS keeps beside a file (AppleDouble)", "leave out names that begin with ._")
        } else if has("PK\u{3}\u{4}") || bytes.starts(with: [0x1F, 0x8B]) {
            (name, mend) = ("a compressed archive", "unpack it")
        } else if let markup = Self.markup(bytes.prefix(ImageFormat.headBytes)) {
            (name, mend) = (markup, "fetch the file itself")
        } else {
            return nil
        }
    }

    private static func markup(_ head: Slice<UnsafeRawBufferPointer>) -> String? {
        let text = String(decoding: head, as: UTF8.self).lowercased()
        guard text.first(where: { !$0.isWhitespace && $0 != "\u{FEFF}" }) == "<" else { return nil }
        let tags = ["<!doctype html", "<html", "<head", "<body"]
        return tags.contains(where: text.contains)
            ? "an HTML page, as a login or an error is answered with," : "an XML document"
    }
}
