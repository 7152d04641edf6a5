import CImageCodecs

/// JPEG, PNG, WebP, GIF, TIFF, BMP and AVIF files to 8-bit RGB, with the pixels that Pillow's `Image.open(f).convert("RGB")` gives.
///
/// * The kind is told by content, not by name.
/// * Alpha, `tRNS` and palette transparency are dropped, nothing is composited; EXIF rotation, ICC profiles and gamma are
///   not applied.
/// * Four-component JPEGs (CMYK, YCCK) are taken for Adobe's inverted inks and converted by Pillow's integer formula.
/// * 16-bit samples keep their high byte. For gray PNGs this differs from Pillow, which clips them at 255.
/// * An animated PNG gives its default picture, a GIF, TIFF or AVIF of several its first; an animated WebP is refused.
/// * Of TIFFs alone the orientation is applied, as Pillow does on opening them.
/// * A file that ends before its picture does is refused. Corrupt entropy-coded data inside a complete JPEG is not: like
///   Pillow, the decoder fills in what is lost. Bytes after the picture are ignored.
public enum ImageDecoder {
    /// Decodes one file held in memory.
    ///
    /// - Parameters:
    ///   - bytes: the whole file; not kept.
    ///   - name: what messages call the picture: a path or URI, without query string or credentials. The payload of a
    ///     `data:` URI and the middle of very long names are left out of messages.
    /// - Throws: `unsupportedImage`, `damagedImage` or `imageTooLarge`.
    public static func decode(
        _ bytes: UnsafeRawBufferPointer, named name: String, limits: DecodingLimits = DecodingLimits()
    ) throws(InferenceError) -> Picture {
        try decode(bytes, named: name, limits: limits) { $0 }
    }

    /// Decodes one file held in memory and makes something of its picture, which counts as taken from ``DecodingLimits/memory``
    /// until `use` is done with it.
    ///
    /// - Parameter use: must not keep the picture, nor decode another.
    public static func decode<Result>(
        _ bytes: [UInt8], named name: String, limits: DecodingLimits, use: (Picture) -> Result
    ) throws(InferenceError) -> Result {
        try bytes.withUnsafeBufferPointer { buffer throws(InferenceError) in
            try decode(UnsafeRawBufferPointer(buffer), named: name, limits: limits, use: use)
        }
    }

    private static func decode<Result>(
        _ bytes: UnsafeRawBufferPointer, named name: String, limits: DecodingLimits, use: (Picture) -> Result
    ) throws(InferenceError) -> Result {
        let name = PictureName(name)
        guard bytes.count > 0 else {
            throw InferenceError(.damagedImage, "\(name) is empty (0 bytes); fetch or export it again")
        }
        guard bytes.count <= limits.maxBytes else {
            throw InferenceError(
                .imageTooLarge,
                "\(name) has \(bytes.count) bytes, more than the limit of \(limits.maxBytes); "
                    + "re-encode it smaller or raise the limit on bytes")
        }
        switch ImageFormat(sniffing: bytes) {
        case .jpeg:
            return try decodeJPEG(bytes, name, limits, use)
        case .png:
            return try decode(
                bytes, name, limits, "PNG", header: ImageHeader(png: bytes), with: entente_png_decode, use)
        case .webp:
            return try decode(
                bytes, name, limits, "WebP", header: ImageHeader(webp: bytes), with: entente_webp_decode, use)
        case .gif:
            return try decode(bytes, name, limits, "GIF", entente_gif_header, entente_gif_decode, use)
        case .tiff:
            return try decode(bytes, name, limits, "TIFF", entente_tiff_header, entente_tiff_decode, use)
        case .bmp:
            return try decode(bytes, name, limits, "BMP", entente_bmp_header, entente_bmp_decode, use)
        case .avif:
            return try decode(bytes, name, limits, "AVIF", entente_avif_header, entente_avif_decode, use)
        case .other(let kind, let mend):
            throw InferenceError(.unsupportedImage, "\(name) is \(kind), which is not read here; \(mend)")
        case .unknown:
            throw InferenceError(
                .unsupportedImage,
                "\(name) does not start like a \(ImageFormat.readable); give a picture of one of these kinds")
        }
    }

    /// Decodes one file held in memory, as ``decode(_:named:limits:)-(UnsafeRawBufferPointer,_,_)``.
    public static func decode(
        _ bytes: [UInt8], named name: String, limits: DecodingLimits = DecodingLimits()
    ) throws(InferenceError) -> Picture {
        try bytes.withUnsafeBufferPointer { buffer throws(InferenceError) in
            try decode(UnsafeRawBufferPointer(buffer), named: name, limits: limits)
        }
    }

    private typealias Decoder = (
        UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<UInt8>?, UInt32, UInt32
    ) -> entente_codec_result

    private typealias HeaderReader = (UnsafePointer<UInt8>?, Int) -> entente_codec_result

    private static func decodeJPEG<Result>(
        _ bytes: UnsafeRawBufferPointer, _ name: PictureName, _ limits: DecodingLimits, _ use: (Picture) -> Result
    ) throws(InferenceError) -> Result {
        let header = try header(bytes, name, limits, "JPEG", entente_jpeg_header)
        let scans = Int32(clamping: min(limits.maxScans, limits.maxScanPixels / max(header.width * header.height, 1)))
        let decoder: Decoder = { entente_jpeg_decode($0, $1, scans, $2, $3, $4) }
        return try decode(bytes, name, limits, "JPEG", header: header, with: decoder, use)
    }

    /// With a header that the format's own library reads.
    private static func decode<Result>(
        _ bytes: UnsafeRawBufferPointer, _ name: PictureName, _ limits: DecodingLimits, _ format: String,
        _ reader: HeaderReader, _ decoder: Decoder, _ use: (Picture) -> Result
    ) throws(InferenceError) -> Result {
        let header = try header(bytes, name, limits, format, reader)
        return try decode(bytes, name, limits, format, header: header, with: decoder, use)
    }

    private static func header(
        _ bytes: UnsafeRawBufferPointer, _ name: PictureName, _ limits: DecodingLimits, _ format: String,
        _ reader: HeaderReader
    ) throws(InferenceError) -> ImageHeader {
        let result = reader(bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
        let header = ImageHeader(
            width: Int(result.width), height: Int(result.height), working: Int(clamping: result.memory))
        // The size comes first: a header that declares too much is refused for that, whatever else is wrong.
        try check(header, name, limits)
        try check(result, name, format)
        return header
    }

    private static func decode<Result>(
        _ bytes: UnsafeRawBufferPointer, _ name: PictureName, _ limits: DecodingLimits, _ format: String,
        header: ImageHeader?, with decoder: Decoder, _ use: (Picture) -> Result
    ) throws(InferenceError) -> Result {
        guard let header else {
            throw InferenceError(
                .damagedImage,
                "\(name) starts like \(Self.article(format)) \(format) but its header is cut short or damaged; "
                    + "fetch or export it again")
        }
        try check(header, name, limits)
        guard header.width > 0 && header.height > 0 else {
            throw InferenceError(
                .damagedImage, "\(name) declares \(header.width)×\(header.height) pixels (\(format)); export it again")
        }
        let count = header.width * header.height * 3
        let (whole, overflow) = count.addingReportingOverflow(header.working)
        guard !overflow, whole <= limits.memory.bytes else {
            throw InferenceError(
                .imageTooLarge,
                "\(name) declares \(header.width)×\(header.height) pixels (\(format)) and would take \(whole) bytes to decode, more "
                    + "than all pictures together may, \(limits.memory.bytes); scale it down, export it as an ordinary baseline "
                    + "JPEG, or raise ENTENTE_IMAGE_MEMORY")
        }
        limits.memory.take(whole)
        var held = whole
        defer { limits.memory.give(back: held) }
        var result = entente_codec_result()
        let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            result = decoder(
                bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count, buffer.baseAddress,
                UInt32(header.width), UInt32(header.height))
            // Bytes are trivial: what a failed decoder has not written is dropped with the array.
            initialized = result.status == ENTENTE_CODEC_OK ? count : 0
        }
        try check(result, name, format)
        limits.memory.give(back: header.working)
        held -= header.working
        return use(Picture(width: header.width, height: header.height, pixels: pixels))
    }

    private static func check(
        _ header: ImageHeader, _ name: PictureName, _ limits: DecodingLimits
    ) throws(InferenceError) {
        let pixels = header.width.multipliedReportingOverflow(by: header.height)
        guard !pixels.overflow && pixels.partialValue <= limits.maxPixels else {
            throw InferenceError(
                .imageTooLarge,
                "\(name) declares \(header.width)×\(header.height) pixels, more than the limit of \(limits.maxPixels); "
                    + "scale it down or raise the limit on pixels")
        }
        guard max(header.width, header.height) <= limits.maxSide else {
            throw InferenceError(
                .imageTooLarge,
                "\(name) declares \(header.width)×\(header.height) pixels, longer than the limit of \(limits.maxSide) "
                    + "a side; cut it up, scale it down or raise the limit on sides")
        }
    }

    private static func check(
        _ result: entente_codec_result, _ name: PictureName, _ format: String
    ) throws(InferenceError) {
        let reason = withUnsafeBytes(of: result.reason) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        switch result.status {
        case ENTENTE_CODEC_OK:
            return
        case ENTENTE_CODEC_CUT_SHORT:
            throw InferenceError(
                .damagedImage, "\(name) is cut short: the \(format) ends before its picture does; fetch it again")
        case ENTENTE_CODEC_UNSUPPORTED:
            throw InferenceError(
                .unsupportedImage,
                "\(name) is \(Self.article(format)) \(format) of a kind that is not read here (\(reason)); "
                    + "export it as an ordinary JPEG, PNG or WebP")
        case ENTENTE_CODEC_OUT_OF_MEMORY:
            throw InferenceError(
                .imageTooLarge,
                "\(name) needs more memory to decode than there is (\(format): \(reason)); scale it down")
        default:
            throw InferenceError(
                .damagedImage, "\(name) is a damaged \(format) (\(reason)); fetch or export it again")
        }
    }

    private static func article(_ format: String) -> String { format == "AVIF" ? "an" : "a" }
}
