import CImageCodecs

extension Picture {
    /// This picture as an 8-bit RGB PNG file without metadata: the same pixels give the same bytes.
    ///
    /// - Throws: `imageTooLarge` when the picture is empty, larger than PNG can say (2³¹ − 1 a side), or memory is short.
    public func pngData() throws(InferenceError) -> [UInt8] {
        guard width > 0, height > 0, width <= Int(Int32.max), height <= Int(Int32.max) else {
            throw InferenceError(
                .imageTooLarge,
                "a picture of \(width)×\(height) pixels does not fit a PNG; "
                    + "each side must have 1 to \(Int32.max) pixels")
        }
        var bytes: UnsafeMutablePointer<UInt8>?
        var count = 0
        let result = pixels.withUnsafeBufferPointer {
            entente_png_encode($0.baseAddress, UInt32(width), UInt32(height), &bytes, &count)
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
