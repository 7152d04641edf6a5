/// A region of a picture that an explanation points at.
public struct ExplainedRegion: Sendable, Equatable {
    /// `[height, width]` raster of the picture.
    public let mask: [Bool]
    /// How much of the prediction the explanation lays on it; comparable within one picture alone.
    public let importance: Double
    /// Index of the descriptor that names it; nil if nothing does.
    public let descriptor: Int?

    public init(mask: [Bool], importance: Double, descriptor: Int?) {
        self.mask = mask
        self.importance = importance
        self.descriptor = descriptor
    }
}
