/// What a picture from outside may cost, checked against its header before any pixel is allocated.
///
/// Decoding takes 3 bytes a pixel for the result; for JPEGs of several scans up to 8 more for coefficients, for WebPs up to 5, for
/// AVIFs 12, with more than 8 bits a sample 24, for a TIFF a row or a tile, and 3 a pixel if it is turned.
public struct DecodingLimits: Sendable, Hashable {
    /// The largest file, in bytes.
    public var maxBytes: Int
    /// The largest width × height. The default lies where Pillow starts to warn of decompression bombs (89 million) and
    /// leaves room for photographs of 100 megapixels.
    public var maxPixels: Int
    /// The longest side. The default is the most that a JPEG can say; it bounds the tables of a resize.
    public var maxSide: Int
    /// The most scans of a progressive JPEG. Encoders write about ten; each costs time in proportion to the pixels while it
    /// may take only a few bytes of the file.
    public var maxScans: Int
    /// The most scans × pixels of such a JPEG, which bounds its time. Twenty scans of a photograph of 100 megapixels.
    public var maxScanPixels: Int
    /// What all pictures that are decoded at a time share.
    public var memory: ImageMemory

    public init(
        maxBytes: Int = 64 << 20, maxPixels: Int = 100_000_000, maxSide: Int = 65_535, maxScans: Int = 100,
        maxScanPixels: Int = 2_000_000_000, memory: ImageMemory = .standard
    ) {
        self.maxBytes = maxBytes
        self.maxPixels = maxPixels
        self.maxSide = maxSide
        self.maxScans = maxScans
        self.maxScanPixels = maxScanPixels
        self.memory = memory
    }
}
