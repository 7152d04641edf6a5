/// A sum that does not equal its recomputation from the rows.
public struct RollupDifference: Sendable, Hashable, Codable {
    /// The table that holds it.
    public let rollup: String
    public let analysis: String
    /// Which classes, part method, descriptor or image.
    public let cell: String
    public let quantity: String
    /// An integer, or a list of them for a curve.
    public let stored: String
    public let recomputed: String
}
