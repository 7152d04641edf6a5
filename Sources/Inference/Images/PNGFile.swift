import CImageCodecs

/// PNG files without metadata: the same pixels give the same bytes.
enum PNGFile {
    /// - Parameters:
    ///   - pixels: `[height, width, 3]`, or with a palette `[height, width]`, each a number of its colours.
    ///   - palette: `[colours, 3]`, 1 to 256 colours.
    /// - Throws: `imageTooLarge` when the picture is empty, larger than PNG can say (2³¹ − 1 a side), or memory is short.
    static func bytes(
        _ pixels: [UInt8], width: Int, height: Int, palette: [UInt8]?
    ) throws(InferenceError) -> [UInt8] {
        guard width > 0, height > 0, width <= Int(Int32.max), height <= Int(Int32.max) else {
            throw InferenceError(
                .imageTooLarge,
                "a picture of \(width)×\(height) pixels does not fit a PNG; "
                    + "each side must have 1 to \(Int32.max) pixels")
        }
        var bytes: UnsafeMutablePointer<UInt8>?
        var count = 0
        let result = pixels.withUnsafeBufferPointer { pixels in
            func encode(_ palette: UnsafePointer<UInt8>?, _ colors: Int) -> entente_codec_result {
                entente_png_encode(
                    pixels.baseAddress, UInt32(width), UInt32(height), palette, Int32(colors), &bytes, &count)
            }
            return palette?.withUnsafeBufferPointer { encode($0.baseAddress, $0.count / 3) } ?? encode(nil, 0)
        }
        defer { entente_png_free(bytes) }
        guard result.status == ENTENTE_CODEC_OK else {
            let reason = withUnsafeBytes(of: result.reason) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            throw InferenceError(
                .imageTooLarge,
                "a picture of \(width)×\(height) pixels could not be written as PNG (\(reason)); "
                    + "scale it down")
        }
        return Array(UnsafeBufferPointer(start: bytes, count: count))
    }
}
