import Inference

/// Patch features of one image, as the encoder gave them, the class token left out (docs/method.md §4.3): a transformer's
/// tokens or keys or both, else the positions of the last feature map.
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

    /// Both facets side by side, each patch's of length 1: what docs/method.md §4.3 takes the paper's ensemble to be.
    ///
    /// - Parameters:
    ///   - tokens: `[n, d]`.
    ///   - keys: `[n, d']`.
    /// - Returns: `[n, d + d']`.
    public static func ensemble(tokens: Matrix, keys: Matrix) -> Matrix {
        precondition(tokens.rows == keys.rows, "\(tokens.rows) tokens and \(keys.rows) keys")
        let (tokens, keys) = (tokens.rowsNormalized(), keys.rowsNormalized())
        return Matrix(
            rows: tokens.rows, columns: tokens.columns + keys.columns,
            elements: (0..<tokens.rows).flatMap { tokens.row($0) + keys.row($0) })
    }
}
