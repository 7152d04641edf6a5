import Inference

/// Patch features of one image, as the encoder gave them: tokens or keys, the class token left out (METHODS §1.2).
public struct PatchFeatures: Sendable {
    /// `[gridHeight · gridWidth, d]`, patches in raster order, not normalised.
    public let values: Matrix
    public let gridHeight: Int
    public let gridWidth: Int
    /// SHA-256 of the image's bytes, 32 bytes: what the image's random choices are seeded with.
    public let contentHash: [UInt8]

    public init(values: Matrix, gridHeight: Int, gridWidth: Int, contentHash: [UInt8]) {
        precondition(
            values.rows == gridHeight * gridWidth && values.rows > 0,
            "\(values.rows) feature rows for a grid of \(gridHeight)×\(gridWidth) patches")
        precondition(contentHash.count == 32, "a SHA-256 has 32 bytes, not \(contentHash.count)")
        self.values = values
        self.gridHeight = gridHeight
        self.gridWidth = gridWidth
        self.contentHash = contentHash
    }
}
