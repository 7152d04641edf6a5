/// What a file is by its first bytes; its name is never asked.
enum ImageFormat: Equatable {
    case jpeg
    case png
    case webp
    /// Recognised, but not read here; with the name that a person would use, article included.
    case other(String)
    case unknown

    /// - Complexity: O(1), looks at no more than the first 1,024 bytes.
    init(sniffing bytes: UnsafeRawBufferPointer) {
        func has(_ prefix: [UInt8], at offset: Int = 0) -> Bool {
            bytes.count >= offset + prefix.count && bytes[offset...].starts(with: prefix)
        }
        func has(_ prefix: StaticString, at offset: Int = 0) -> Bool {
            prefix.withUTF8Buffer { bytes.count >= offset + $0.count && bytes[offset...].starts(with: $0) }
        }

        if has([0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if has([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if has("RIFF") && has("WEBP", at: 8) {
            self = .webp
        } else if has("GIF87a") || has("GIF89a") {
            self = .other("a GIF")
        } else if has("II*\0") || has("MM\0*") || has("II+\0") || has("MM\0+") {
            self = .other("a TIFF")
        } else if has("ftyp", at: 4) {
            self = .other(Self.isoMedia(brand: bytes[8..<min(12, bytes.count)]))
        } else if has([0xFF, 0x0A]) || has("JXL ", at: 4) {
            self = .other("a JPEG XL")
        } else if has("jP  ", at: 4) || has([0xFF, 0x4F, 0xFF, 0x51]) {
            self = .other("a JPEG 2000")
        } else if has("8BPS") {
            self = .other("a Photoshop document")
        } else if has([0, 0, 1, 0]) {
            self = .other("an icon (ICO)")
        } else if has("%PDF-") {
            self = .other("a PDF")
        } else if has([0x1F, 0x8B]) || has("PK\u{3}\u{4}") {
            self = .other("a compressed archive")
        } else if has("BM") && has([0, 0, 0, 0], at: 6) {
            // The four reserved bytes keep ordinary text that starts with BM apart.
            self = .other("a BMP")
        } else {
            self = Self.markup(bytes.prefix(1024))
        }
    }

    private static func isoMedia(brand: Slice<UnsafeRawBufferPointer>) -> String {
        switch String(decoding: brand, as: UTF8.self) {
        case "avif", "avis": "an AVIF"
        case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1": "a HEIC"
        case "crx ": "a camera raw file"
        default: "a video"
        }
    }

    private static func markup(_ head: Slice<UnsafeRawBufferPointer>) -> ImageFormat {
        let text = String(decoding: head, as: UTF8.self).lowercased()
        guard let first = text.first(where: { !$0.isWhitespace && $0 != "\u{FEFF}" }), first == "<" else {
            return .unknown
        }
        if text.contains("<svg") { return .other("an SVG") }
        if text.contains("<!doctype html") || text.contains("<html") || text.contains("<head") || text.contains("<body")
        {
            return .other("an HTML page")
        }
        return .other("an XML document")
    }
}
