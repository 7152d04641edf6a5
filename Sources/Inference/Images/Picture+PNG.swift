extension Picture {
    /// This picture as an 8-bit RGB PNG file without metadata: the same pixels give the same bytes.
    ///
    /// - Throws: `imageTooLarge` when the picture is empty, larger than PNG can say (2³¹ − 1 a side), or memory is short.
    public func pngData() throws(InferenceError) -> [UInt8] {
        try PNGFile.bytes(pixels, width: width, height: height, palette: nil)
    }
}
