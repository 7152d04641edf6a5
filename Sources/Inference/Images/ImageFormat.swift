/// What a file is by its first bytes; its name is never asked.
public enum ImageFormat: Equatable, Sendable {
    case jpeg
    case png
    case webp
    case gif
    case tiff
    case bmp
    case avif
    /// Recognised, but not read here; with the name that a person would use, article included, and what would mend it.
    case other(String, mend: String)
    case unknown

    /// As many bytes as it takes to tell.
    public static let headBytes = 1024

    /// The kinds that are read here, for messages.
    public static let readable = "JPEG, PNG, WebP, GIF, TIFF, BMP or AVIF"

    public var isReadable: Bool {
        switch self {
        case .jpeg, .png, .webp, .gif, .tiff, .bmp, .avif: true
        case .other, .unknown: false
        }
    }

    /// - Complexity: O(1), looks at no more than the first ``headBytes``.
    public init(sniffing bytes: UnsafeRawBufferPointer) {
        func has(_ prefix: [UInt8], at offset: Int = 0) -> Bool {
            bytes.count >= offset + prefix.count && bytes[offset...].starts(with: prefix)
        }
        func has(_ prefix: StaticString, at offset: Int = 0) -> Bool {
            prefix.withUTF8Buffer { bytes.count >= offset + $0.count && bytes[offset...].starts(with: $0) }
        }
        func unread(_ kind: String) -> ImageFormat { .other(kind, mend: "convert it to JPEG, PNG or WebP") }

        if has([0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if has([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            // Without a zlib header, channels in another order, multiplied by alpha.
            let isApples = has("CgBI", at: 12)
            self =
                isApples
                ? .other(
                    "a PNG in the form that Xcode packs for devices (CgBI)",
                    mend: "take the original, or restore it with pngcrush -revert-iphone-optimizations") : .png
        } else if has("RIFF") && has("WEBP", at: 8) {
            self = .webp
        } else if has("GIF87a") || has("GIF89a") {
            self = .gif
        } else if has("II*\0") && has("CR", at: 8) {
            self = unread("a camera raw file")
        } else if has("II*\0") || has("MM\0*") || has("II+\0") || has("MM\0+") {
            self = .tiff
        } else if has("ftyp", at: 4) {
            self = Self.isoMedia(bytes)
        } else if has([0xFF, 0x0A]) || has("JXL ", at: 4) {
            self = unread("a JPEG XL")
        } else if has("jP  ", at: 4) || has([0xFF, 0x4F, 0xFF, 0x51]) {
            self = unread("a JPEG 2000")
        } else if has("8BPS") {
            self = unread("a Photoshop document")
        } else if has([0, 0, 1, 0]) {
            self = unread("an icon (ICO)")
        } else if has("%PDF-") {
            self = unread("a PDF")
        } else if has("BM") && has([0, 0, 0, 0], at: 6) {
            // The four reserved bytes keep ordinary text that starts with BM apart.
            self = .bmp
        } else if Self.isSVG(bytes.prefix(Self.headBytes)) {
            self = unread("an SVG")
        } else if let other = StandIn(bytes) {
            self = .other(other.name, mend: other.mend)
        } else {
            self = .unknown
        }
    }

    /// By the brand that a file of ISO media has first, or for containers of any kind by those that follow.
    private static func isoMedia(_ bytes: UnsafeRawBufferPointer) -> ImageFormat {
        func brand(_ offset: Int) -> String {
            String(decoding: bytes[min(offset, bytes.count)..<min(offset + 4, bytes.count)], as: UTF8.self)
        }
        let end = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        let others = stride(from: 16, to: min(end, bytes.count, headBytes) - 3, by: 4).map(brand)
        switch brand(8) {
        case "avif", "avis": return .avif
        case "mif1", "msf1":
            if others.contains("avif") || others.contains("avis") { return .avif }
            return .other("a HEIC", mend: "convert it to JPEG, PNG or WebP")
        case "heic", "heix", "heim", "heis", "hevc", "hevx":
            return .other("a HEIC", mend: "convert it to JPEG, PNG or WebP")
        case "crx ": return .other("a camera raw file", mend: "convert it to JPEG, PNG or WebP")
        default: return .other("a video", mend: "take pictures out of it, as JPEG, PNG or WebP")
        }
    }

    private static func isSVG(_ head: Slice<UnsafeRawBufferPointer>) -> Bool {
        let text = String(decoding: head, as: UTF8.self).lowercased()
        return text.first { !$0.isWhitespace && $0 != "\u{FEFF}" } == "<" && text.contains("<svg")
    }
}
