import CImageCodecs

extension Picture {
    /// This picture as a baseline JPEG file with chroma at half the resolution, as cameras and libraries write it.
    ///
    /// - Parameter quality: 1 to 100, libjpeg's scale.
    /// - Throws: `imageTooLarge` when the picture is empty, larger than JPEG can say (65,500 a side), or memory is short.
    public func jpegData(quality: Int = 90) throws(InferenceError) -> [UInt8] {
        precondition(1...100 ~= quality, "a JPEG of quality \(quality)")
        var bytes: UnsafeMutablePointer<UInt8>?
        var count = 0
        let result = pixels.withUnsafeBufferPointer {
            entente_jpeg_encode(
                $0.baseAddress, UInt32(clamping: width), UInt32(clamping: height), Int32(quality), &bytes, &count)
        }
        defer { entente_jpeg_free(bytes) }
        guard result.status == ENTENTE_CODEC_OK else {
            let reason = withUnsafeBytes(of: result.reason) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            throw InferenceError(
                .imageTooLarge,
                "a picture of \(width)×\(height) pixels could not be written as JPEG (\(reason)); scale it down")
        }
        return Array(UnsafeBufferPointer(start: bytes, count: count))
    }
}
